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

    from cnngen.search.predictors.deep.batches import Arrays

#: So many pixels of the picture, a side, become one: the same for all, so that depth stays depth.
SCALE = 16

#: The sides that are looked at, in pixels after scaling; a longer picture is cut off.
WIDEST, LONGEST = 96, 1024

_STEP = 32  # what ResNet-18 halves five times


@register
class Image(KerasPredictor):
    """Sees what a person sees: boxes in the colours of their costs, lanes beside each other."""

    name = "image"
    epochs, patience = 24, 8
    learning_rate = 1e-3

    def _read(self, architecture: Architecture) -> NDArray[np.uint8]:
        """The picture, made small; what is drawn is not zero, and sides are whole multiples of _STEP."""
        import numpy as np
        import PIL.Image

        with PIL.Image.open(io.BytesIO(diagram(program_of(architecture, self.name), "png"))) as png:
            small = 255 - np.asarray(png.convert("RGB").reduce(SCALE))[:LONGEST, :WIDEST]
        beside = [(0, -side % _STEP) for side in small.shape[:2]]
        return np.pad(small, [*beside, (0, 0)])

    def _learn_words(self, artefacts: Sequence[NDArray[np.uint8]]) -> dict[str, Any]:
        return {}

    def _numbers(self, artefact: NDArray[np.uint8], known: dict[str, Any]) -> Arrays:
        return {"picture": artefact}

    def _features(self, known: dict[str, Any]) -> tuple[list[Any], Any]:
        import keras
        from keras import layers, ops

        picture = keras.Input((None, None, 3), dtype="uint8", name="picture")
        x = layers.Rescaling(1 / 255)(picture)
        # Where something is drawn, in steps of what becomes one pixel at the end: a batch's ground says nothing.
        drawn = layers.MaxPooling2D(_STEP)(ops.max(x, axis=-1, keepdims=True))
        drawn = ops.cast(drawn > 0, "float32")
        x = _convolution(x, 64, 7, 2)
        x = layers.MaxPooling2D(3, 2, padding="same")(layers.ReLU()(x))
        for stage, filters in enumerate((64, 128, 256, 512)):
            for block in range(2):
                x = _block(x, filters, 2 if stage and not block else 1)
        total = ops.sum(x * drawn, axis=(1, 2))
        area = ops.sum(drawn, axis=(1, 2))
        return [picture], layers.concatenate([total / ops.maximum(area, 1), total / 16])


def _convolution(x: Any, filters: int, kernel_size: int, strides: int) -> Any:
    from keras import layers

    x = layers.Conv2D(filters, kernel_size, strides, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.BatchNormalization(momentum=0.9)(x)  # there are a few hundred steps, not thousands


def _block(x: Any, filters: int, strides: int) -> Any:
    """A residual block of ResNet-18 (He et al. 2016, table 1)."""
    from keras import layers

    shortcut = x if strides == 1 and x.shape[-1] == filters else _convolution(x, filters, 1, strides)
    y = layers.ReLU()(_convolution(x, filters, 3, strides))
    return layers.ReLU()(layers.add([_convolution(y, filters, 3, 1), shortcut]))
