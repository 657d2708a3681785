"""A Keras model read back is the network it was built from."""

import json
from typing import Any

import pytest
from codegen_programs import PROGRAMS, every_program
from hypothesis import HealthCheck, given, settings
from programs import sound_programs

from cnngen.codegen import NotInTheLanguage, program_text, read_model
from cnngen.language import Analysis, Network, analyse

quick = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)


def graph(network: Network) -> list[tuple[Any, ...]]:
    """What a network is, whatever its text: the layers with their hyper-parameters, shapes and inputs."""
    same = {"swish": "silu"}
    return [
        (
            node.kind,
            node.name,
            {k: same.get(v, v) if isinstance(v, str) else v for k, v in node.args.items() if v not in (None, "linear")},
            node.inputs,
            node.shape,
            node.params,
            node.macs,
        )
        for node in network.nodes
    ]


def rewritten(network: Network) -> str:
    classifier = network.nodes[-1].kind == "dense"
    return program_text(network.nodes, network.input_shape, network.classes if classifier else None)


def checked(analysis: Analysis) -> Analysis:
    """The program of an analysis' graph, which has the same graph and is written the same way again."""
    again = analyse(rewritten(analysis.network), name=analysis.network.name)
    assert again.ok, [str(found.message) for found in again.diagnostics]
    assert graph(again.network) == graph(analysis.network)
    assert rewritten(again.network) == rewritten(analysis.network)
    return again


@pytest.mark.parametrize("analysis", every_program(), ids=lambda analysis: analysis.network.name)
def test_the_text_of_a_graph_is_a_program_of_that_graph(analysis: Analysis):
    checked(analysis)


@given(source=sound_programs(8))
@quick
def test_the_text_of_any_graph_is_a_program_of_that_graph(source: str):
    checked(analyse(source, name="net"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("convbn conv", "conv bnconv"),
        ("[ (conv, Empty) (conv, conv) ]", "[ ([ (conv, Empty) ] conv, conv) ]"),
        ("convbn(activation=linear, activate=norm)", "convbn(activation=linear)"),
        ("conv(activation=swish)", "conv(activation=silu)"),
    ],
)
def test_programs_of_the_same_graph_have_the_same_text(one: str, other: str):
    texts = [
        rewritten(analyse(f"input(shape=(8, 8, 3)) conv(filters=32) {part} flatten dense output").network)
        for part in (one, other)
    ]
    assert texts[0] == texts[1]


def test_what_is_written_that_way_keeps_its_hash():
    for analysis in every_program():
        normal = checked(analysis)
        assert analyse(rewritten(normal.network)).network.hash == normal.network.hash
        if analysis.network.name in ("lenet5", "alexnet", "vgg", "resnet", "dense_blocks", "ten_words"):
            assert normal.network.hash == analysis.network.hash


def test_deep_nesting_takes_no_stack():
    text = "input(shape=(4, 4, 1)) conv(filters=2)" + " [ (conv" * 2000 + " conv" + ", Empty) ]" * 2000
    checked(analyse(f"{text} flatten dense output(classes=2)"))


def layer(class_name: str, name: str, *sources: str, **config: Any) -> dict[str, Any]:
    tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": [source, 0, 0]}} for source in sources]
    nodes = [{"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": {}}] if tensors else []
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def functional(*layers: dict[str, Any]) -> dict[str, Any]:
    return {
        "layers": [layer("InputLayer", "in", batch_shape=[None, 8, 8, 3]), *layers],
        "input_layers": ["in", 0, 0],
        "output_layers": [layers[-1]["name"], 0, 0],
    }


CONV = {
    "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "activation": "linear",
    "use_bias": True, "kernel_initializer": {"class_name": "HeNormal", "config": {"seed": None}},
}  # fmt: skip


def test_layers_that_only_apply_an_activation_become_part_of_their_layer():
    model = functional(layer("Conv2D", "a", "in", **CONV), layer("ReLU", "b", "a", max_value=None))
    assert "conv(filters=4, kernel_size=(3, 3), strides=(1, 1), padding=same, activation=relu" in read_model(model)
    assert analyse(read_model(model)).ok


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([layer("LSTM", "memory", "in")], r'^The language has no word for the layer "memory", a LSTM of Keras\.$'),
        ([layer("Conv2D", "c", "in", **CONV, groups=2)], r'cannot say groups=2, as the layer "c" has it'),
        ([layer("Conv2D", "c", "in", **CONV, data_format="channels_first")], "data_format='channels_first'"),
        ([layer("Conv2D", "c", "in", **CONV | {"activation": "my_own"})], 'the activation of the layer "c"'),
        ([layer("Conv2D", "c", "in", **CONV), layer("ReLU", "r", "c", max_value=6.0)], "max_value=6"),
        ([layer("Activation", "r", "in", activation="relu")], 'The activation "r" does not belong'),
        ([layer("BatchNormalization", "n", "in", momentum=0.9, epsilon=0.001)], 'The normalisation "n" has no conv'),
        ([layer("Add", "j", "in", "in", "in")], "j joins 3 streams"),
        ([layer("Functional", "inner", "in", layers=[])], 'The layer "inner" is a model itself'),
    ],
)
def test_what_no_program_can_say_is_one_sentence(layers: list[dict[str, Any]], said: str):
    with pytest.raises(NotInTheLanguage, match=said):
        read_model(functional(*layers))


@pytest.mark.parametrize("model", [{}, {"layers": []}, {"layers": "no"}])
def test_what_is_no_model_is_one_sentence(model: dict[str, Any]):
    with pytest.raises(NotInTheLanguage, match="no layers that could be read"):
        read_model(model)


def test_a_configuration_that_is_cut_is_one_sentence():
    for broken in ({"layers": [{}]}, {"layers": [{"config": {}}]}, functional(layer("Conv2D", "c", "nobody", **CONV))):
        with pytest.raises(NotInTheLanguage, match="not as Keras 3 writes it"):
            read_model(broken)


def read_back(analysis: Analysis) -> None:
    from keras_judge import model_of

    network = analysis.network
    text = read_model(json.loads(model_of(analysis).to_json()))
    again = analyse(text, name=network.name)
    assert again.ok, [str(found.message) for found in again.diagnostics]
    assert graph(again.network) == graph(network)
    assert text == rewritten(network)
    twice = read_model(json.loads(model_of(again).to_json()))
    assert analyse(twice).network.hash == again.network.hash


@pytest.mark.slow
@pytest.mark.parametrize("analysis", every_program(), ids=lambda analysis: analysis.network.name)
def test_keras_model_of_the_generated_file_is_read_back(analysis: Analysis):
    read_back(analysis)


@pytest.mark.slow
@given(source=sound_programs(8))
@settings(quick, max_examples=15)
def test_the_keras_model_of_any_program_is_read_back(source: str):
    read_back(analyse(source, name="net"))


@pytest.mark.slow
def test_a_sequential_model_is_read_and_names_do_not_matter():
    import keras

    stack = [
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(4, 3, name="first"),
        keras.layers.ReLU(),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax"),
    ]
    model = keras.Sequential(stack)
    assert "conv(" in read_model(json.loads(model.to_json()))
    assert analyse(read_model(model.get_config())).network.totals.params == model.count_params()


def test_every_program_of_this_room_is_tried():
    assert {analysis.network.name for analysis in every_program()} >= set(PROGRAMS)
