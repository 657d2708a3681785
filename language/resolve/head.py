"""What a program says as a whole: the images that come in, and the classes that go out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnngen.language.network import Shape
from cnngen.language.outline import Mention, Outline
from cnngen.language.words.datasets import DATASETS, DEFAULT_DATASET, Dataset
from cnngen.language.words.hyperparameters import USUAL_CLASSES


@dataclass(frozen=True, slots=True)
class Head:
    """The data set's name or path, the shape of an image, and the number of classes.

    `inferred` tells why the shape is what it is, where it is not written. `classifier` is the index of the feature
    that classifies, if any.
    """

    dataset: str | None
    input_shape: Shape
    inferred: dict[str, str]
    classes: int
    classifier: int | None


def read_head(outline: Outline, override: Dataset | None) -> Head:
    """Input shape and classes: from the data set given, the program's data set, or what it writes."""
    given = settings(outline, "input")
    name = given.get("dataset")
    named = override or DATASETS.get(name or "")
    if not given and override is None:
        named = DEFAULT_DATASET
    denses = outline.placed.get("dense")
    classifier = denses[-1] if denses else None
    classes = settings(outline, "output").get("classes")
    if override:
        classes = override.classes
    elif classes is None:
        units = Mention(outline, classifier).values.get("units") if classifier is not None else None
        classes = named.classes if named else units or USUAL_CLASSES
    return Head(
        dataset=override.name if override else named.name if named else name,
        input_shape=named.shape if named else given.get("shape", DEFAULT_DATASET.shape),
        inferred={} if "shape" in given else {"shape": "of the data set"},
        classes=classes,
        classifier=classifier,
    )


def settings(outline: Outline, word: str) -> dict[str, Any]:
    """What the first feature with this word sets."""
    mention = outline.first(word)
    return mention.values if mention else {}
