"""`image`: ResNet-18 on the PNG picture of the network (the paper's section 5.1)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnngen.codegen import diagram
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.deep.keras_predictor import KerasPredictor, program_of
from cnngen.search.predictors.predictor import register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnngen.search.predictors.deep.keras_predictor import Arrays

#: So many pixels of the picture, a side, become one: the same for all, so that depth stays depth.
SCALE = 16

#: The sides that are looked at, in pixels after scaling; a longer picture is cut off.
WIDEST, LONGEST = 96, 1024

_STEP = 32  # what ResNet-18 halves five times


@register
class Image(KerasPredictor):
    """Sees what a person sees: boxes in the colours of their costs, lanes beside each other."""

    name = "image"
    epochs, patience = 40, 10
    learning_rate = 1e-3

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pictures: dict[str, NDArray[np.uint8]] = {}

    def _learn_words(self, architectures: Sequence[Architecture]) -> dict[str, Any]:
        pictures = [self._picture(architecture) for architecture in architectures]
        height, width = (max(picture.shape[side] for picture in pictures) for side in (0, 1))
        return {"height": -(-height // _STEP) * _STEP, "width": -(-width // _STEP) * _STEP}

    def _arrays(self, architectures: Sequence[Architecture], known: dict[str, Any], fitting: bool) -> Arrays:
        import numpy as np

        canvas = np.full((len(architectures), known["height"], known["width"], 3), 255, dtype=np.uint8)
        for ground, architecture in zip(canvas, architectures, strict=True):
            picture = self._picture(architecture)[: known["height"], : known["width"]]
            ground[: picture.shape[0], : picture.shape[1]] = picture
        return {"picture": canvas}

    def _picture(self, architecture: Architecture) -> NDArray[np.uint8]:
        import numpy as np
        import PIL.Image

        if architecture.identity not in self._pictures:
            with PIL.Image.open(io.BytesIO(diagram(program_of(architecture, self.name), "png"))) as png:
                small = np.asarray(png.convert("RGB").reduce(SCALE))
            self._pictures[architecture.identity] = small[:LONGEST, :WIDEST]
        return self._pictures[architecture.identity]

    def _features(self, known: dict[str, Any]) -> tuple[list[Any], Any]:
        import keras
        from keras import layers

        picture = keras.Input((known["height"], known["width"], 3), dtype="uint8", name="picture")
        x = layers.Rescaling(-1 / 255, offset=1)(picture)  # what is drawn is not zero
        x = _convolution(x, 64, 7, 2)
        x = layers.MaxPooling2D(3, 2, padding="same")(layers.ReLU()(x))
        for stage, filters in enumerate((64, 128, 256, 512)):
            for block in range(2):
                x = _block(x, filters, 2 if stage and not block else 1)
        return [picture], layers.GlobalAveragePooling2D()(x)


def _convolution(x: Any, filters: int, kernel_size: int, strides: int) -> Any:
    from keras import layers

    x = layers.Conv2D(filters, kernel_size, strides, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.BatchNormalization()(x)


def _block(x: Any, filters: int, strides: int) -> Any:
    """A residual block of ResNet-18 (He et al. 2016, table 1)."""
    from keras import layers

    shortcut = x if strides == 1 and x.shape[-1] == filters else _convolution(x, filters, 1, strides)
    y = layers.ReLU()(_convolution(x, filters, 3, strides))
    return layers.ReLU()(layers.add([_convolution(y, filters, 3, 1), shortcut]))
