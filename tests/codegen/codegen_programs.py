"""The programs that the tests of this room share: each shows something else that code and pictures must get right."""

from pathlib import Path
from types import ModuleType

from cnngen.codegen import keras_code
from cnngen.language import Analysis, analyse

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.cnn"))

PROGRAMS = {
    "ten_words": "input conv max_pooling conv max_pooling conv flatten dense dense output",
    "every_layer": """
        training(epochs=2, batch_size=16, optimizer=rmsprop, learning_rate=5e-05, seed=3, validation_split=0.1)
        input(shape=(20, 16, 3))
        conv(filters=5, kernel_size=(3, 5), strides=(1, 2), padding=same, activation=gelu, use_bias=false,
             kernel_initializer=orthogonal)
        max_pooling(pool_size=(2, 1), strides=1, padding=same)
        sepconv(filters=6, kernel_size=5, padding=same, activation=leaky_relu, kernel_initializer=lecun_normal)
        dropout(rate=0.25)
        convbn(filters=7, momentum=0.9, epsilon=1e-05, activate=norm, activation=selu)
        bnconv(filters=8, activate=norm)
        upconv(filters=4, kernel_size=4, strides=3, padding=valid, activation=linear)
        avg_pooling(pool_size=3, strides=2)
        global_max_pooling
        dense(units=9, activation=sigmoid, use_bias=false)
        dropout dense(activation=linear)
        output(classes=4)
    """,
    "residual": """
        input(dataset=cifar10) convbn(filters=8, activate=norm)
        add(activation=relu) [ (convbn(activate=norm) convbn(activation=linear), Empty) ]
        add(activation=relu) [ (conv(strides=2, filters=16) conv, conv(activation=linear)) ]
        global_avg_pooling dense output
    """,
    "nested": """
        input(dataset=digits) conv(filters=4)
        [ (conv [ (conv [ (conv conv, Empty) ] conv, conv) ], conv conv) ]
        [ ([ ([ (conv, Empty) ], conv) ], Empty) ]
        flatten dense output
    """,
    "highway": """
        input(dataset=digits) conv(filters=4)
        [ (conv, conv) (conv dropout, conv(kernel_size=5)) (sepconv conv, Empty) ]
        concat(activation=relu) [ (conv, Empty) (conv, conv(filters=3)) ]
        flatten dense output
    """,
    "fork_of_the_input": "input(dataset=digits) [ (conv, conv) (conv, conv) ] conv flatten dense output",
    "own_images": 'input(dataset="data/my images.npz", shape=(6, 6, 2)) conv flatten dense output(classes=3)',
    "folder": 'input(dataset="pictures", shape=(6, 5, 3)) conv flatten dense output(classes=2)',
    "no_data": "input(shape=(8, 8, 1)) conv flatten dense output(classes=3)",
    "well_trained": """
        training(epochs=3, batch_size=16, optimizer=sgd, learning_rate=0.1, momentum=0.9, nesterov=true,
                 weight_decay=0.0005, clipnorm=1, schedule=cosine_decay, warmup_epochs=0.5, alpha=0.01,
                 early_stopping=true, monitor=val_accuracy, patience=2, restore_best_weights=true,
                 random_flip=horizontal, random_translation=0.125, random_rotation=0.02, random_zoom=0.1,
                 fill_mode=constant, random_contrast=0.1, random_brightness=0.1, random_erasing=0.5,
                 label_smoothing=0.1, dtype_policy=mixed_bfloat16, jit_compile=false)
        input(dataset=digits) conv(filters=4) flatten dense(units=9) dense(units=9) dense output
    """,
    "trained_in_stairs": """
        training(optimizer=adamw, schedule=piecewise_constant_decay, boundaries=(10, 20), decay_rate=0.2)
        input(dataset=digits) conv(filters=4) flatten dense(activation=linear) output
    """,
    "one_layer": "input conv output",
    "features": "input conv [ (conv, conv) ] max_pooling upconv output",
}


def program(name: str) -> Analysis:
    """One of PROGRAMS, analysed; it has no errors."""
    analysis = analyse(PROGRAMS[name], name=name)
    assert analysis.ok, [str(found.message) for found in analysis.diagnostics]
    return analysis


def every_program() -> list[Analysis]:
    """All of PROGRAMS and the samples."""
    samples = [analyse(path.read_text(encoding="utf-8"), name=path.stem) for path in SAMPLES]
    assert len(samples) >= 6
    assert all(sample.ok for sample in samples)
    return [program(name) for name in PROGRAMS] + samples


def execute(analysis: Analysis) -> ModuleType:
    """The generated code as a module, imported (so that its `main` does not run)."""
    module = ModuleType(f"generated_{analysis.network.name}")
    exec(compile(keras_code(analysis), f"{analysis.network.name}.py", "exec"), module.__dict__)
    return module
