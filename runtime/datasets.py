"""Which images a training is about: a known set, an .npz file or a folder of images by class."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from cnngen.language import DATASETS, Analysis, Dataset
from cnngen.runtime.errors import CannotTrain

#: What pictures in files can have: grey, colours, colours and transparency.
CHANNELS = (1, 3, 4)


@dataclass(frozen=True, slots=True)
class Choice:
    """A data set as the user named it; `path` is None for a set that the language knows by name."""

    spec: str
    path: Path | None

    @property
    def source(self) -> str:
        """What the worker loads: a name, or an absolute path."""
        return str(self.path) if self.path else self.spec


def choose(analysis: Analysis, option: str | None, base_dir: Path) -> Choice:
    """The data set of a training: the option, else what the program says. Raises CannotTrain when there is none."""
    spec = option or analysis.network.dataset
    if not spec:
        raise CannotTrain(
            "The program names no data set: write input(dataset=digits), or give one as an option (--dataset)."
        )
    if spec in DATASETS:
        return Choice(spec, None)
    folder = Path() if option else base_dir
    try:
        path = (folder / Path(spec).expanduser()).resolve()
        found = path.exists()
    except (OSError, RuntimeError, ValueError):
        found = False
    if not found:
        raise CannotTrain(_unknown(spec))
    return Choice(spec, path)


def of_folder(choice: Choice, analysis: Analysis) -> Dataset:
    """The facts of a folder of images: its sub-folders are the classes, the program says how large the images are.

    Raises CannotTrain when the program does not say it or there are no sub-folders.
    """
    assert choice.path is not None
    shape = written_shape(analysis)
    if shape is None:
        raise CannotTrain(
            f"Say to which size the pictures in {choice.spec} are brought, such as input(shape=(64, 64, 3))."
        )
    height, width, channels = shape
    if channels not in CHANNELS:
        raise CannotTrain(
            f"Pictures have 1, 3 or 4 channels, but the program's input is {height}x{width}x{channels}: write "
            f"input(shape=({height}, {width}, 3)), or prepare the images as an .npz file."
        )
    try:
        classes = [entry.name for entry in choice.path.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
    except OSError as error:
        raise CannotTrain(f"The folder {choice.path} cannot be read: {error.strerror}.") from error
    if len(classes) < 2:
        raise CannotTrain(
            f"The folder {choice.spec} must hold one sub-folder of pictures for each class; it has {len(classes)}."
        )
    return Dataset(choice.source, (height, width, channels), len(classes))


def written_shape(analysis: Analysis) -> tuple[int, ...] | None:
    """The shape that the program's `input` spells out; None where it leaves that to the data set."""
    written = analysis.tree.input.arguments if analysis.tree.input else ()
    if any(argument.name and argument.name.text == "shape" for argument in written):
        return analysis.network.input_shape
    return None


def _unknown(spec: str) -> str:
    """What to say of a data set that is neither known nor on the disk."""
    close = get_close_matches(spec, DATASETS, 1)
    meant = f"did you mean {close[0]}?" if close else f"known are {', '.join(DATASETS)}."
    if Path(spec).suffix or "/" in spec or "\\" in spec:
        return f"There is no data set at {spec}: give an .npz file or a folder with one sub-folder of images a class."
    return f'There is no data set "{spec}": {meant}'
