"""How a generated program gets its images: the functions that load them, for each kind of data set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from string import Template

from cnngen.codegen.keras.literals import call, literal
from cnngen.language import DATASETS, Network


@dataclass(frozen=True, slots=True)
class DataSource:
    """The parts of a program that depend on its data set, as source.

    `imports` are lines; `constants` and `functions` are whole statements; `option` is the statement that adds
    `--data` to the parser, and `load` the expression that loads the images of the parsed `options`.
    """

    imports: tuple[str, ...]
    constants: tuple[str, ...]
    functions: tuple[str, ...]
    option: str
    load: str


def data_source(network: Network) -> DataSource:
    """How the program of `network` loads its images."""
    if network.dataset is None:
        return DataSource(
            (),
            (),
            (_NPZ.substitute(name="load_data"),),
            _option("PATH.npz", "required=True", 'help="the images and their classes"'),
            "load_data(options.data)",
        )
    if network.dataset in DATASETS:
        known = _DIGITS if network.dataset == "digits" else _KERAS.substitute(name=network.dataset)
        return DataSource(
            ("from sklearn.datasets import load_digits",) if network.dataset == "digits" else (),
            (),
            (known, _NPZ.substitute(name="load_npz")),
            _option("PATH.npz", 'help="train on these images instead"'),
            "load_npz(options.data) if options.data else load_data()",
        )
    archive = PurePath(network.dataset).suffix.lower() == ".npz"
    colours = {1: "grayscale", 4: "rgba"}.get(network.input_shape[-1], "rgb")
    return DataSource(
        (),
        (f"DATA = {literal(network.dataset)}",),
        (_NPZ.substitute(name="load_data") if archive else _FOLDER.substitute(colours=literal(colours)),),
        _option("PATH.npz" if archive else "FOLDER", "default=DATA", 'help="where the images lie"'),
        "load_data(options.data)",
    )


def _option(metavar: str, *more: str) -> str:
    return call("parser.add_argument", ['"--data"', f"metavar={literal(metavar)}", *more])


_DIGITS = '''\
def load_data() -> tuple[np.ndarray, np.ndarray]:
    """Return the images of scikit-learn's handwritten digits, scaled to 0..1, and their classes."""
    digits = load_digits()
    return digits.images[..., np.newaxis].astype("float32") / 16, digits.target
'''

_KERAS = Template('''\
def load_data() -> tuple[np.ndarray, np.ndarray]:
    """Return all images of the data set, scaled to 0..1, and their classes."""
    (x_train, y_train), (x_test, y_test) = keras.datasets.$name.load_data()
    images = np.concatenate([x_train, x_test]).reshape(-1, *INPUT_SHAPE)
    return images.astype("float32") / 255, np.concatenate([y_train, y_test]).ravel()
''')

_NPZ = Template('''\
def $name(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return all images of an .npz file, bytes scaled to 0..1, and their classes.

    The file holds the arrays `x` and `y`, or `x_train`, `y_train`, `x_test` and `y_test`.
    """
    with np.load(path) as arrays:
        parts = [part for part in ("", "_train", "_test") if f"x{part}" in arrays]
        images = np.concatenate([arrays[f"x{part}"] for part in parts])
        labels = np.concatenate([arrays[f"y{part}"] for part in parts])
    if images.ndim == 3:
        images = images[..., np.newaxis]
    scale = 255 if images.dtype == np.uint8 else 1
    return images.astype("float32") / scale, labels.ravel()
''')

_FOLDER = Template('''\
def load_data(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of a folder's subfolders, one per class, scaled to 0..1, with labels."""
    dataset = keras.utils.image_dataset_from_directory(
        path, image_size=INPUT_SHAPE[:2], color_mode=$colours, batch_size=None, shuffle=False
    )
    images, labels = zip(*dataset)
    return np.stack(images).astype("float32") / 255, np.stack(labels)
''')
