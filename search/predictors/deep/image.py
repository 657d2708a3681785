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

#: Filters of the four stages.
WIDTHS = (32, 64, 128, 256)

_STEP = 32  # what ResNet-18 halves five times


@register
class Image(KerasPredictor):
    """Sees what a person sees: boxes in the colours of their costs, lanes beside each other.

    Half as wide as ResNet-18 is for photographs, as there are hundreds of pictures and not a million. What so few
    held back say of an epoch is mostly chance, so the weights are those after the last.
    """

    name = "image"
    version = 5
    epochs, keeps_best = 14, False
    learning_rate, weight_decay = 3e-3, 1e-2

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
        import numpy as np

        blocks = [side // _STEP for side in artefact.shape[:2]]
        return {"picture": artefact, "ground": np.ones((*blocks, 1), dtype=np.float32)}

    def _varied(self, row: Arrays, chance: np.random.Generator) -> Arrays:
        # Which lane stands left says nothing. The ground has no sides: it is filled up behind the picture.
        return row | {"picture": row["picture"][:, ::-1]} if chance.random() < 0.5 else row

    def _build(self) -> Any:
        import keras

        inputs, features = self._features(self._known)
        # The first guess is the mean of what is learned from.
        return keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="zeros", name="target")(features))

    def _features(self, known: dict[str, Any]) -> tuple[list[Any], Any]:
        import keras
        from keras import layers, ops

        picture = keras.Input((None, None, 3), dtype="uint8", name="picture")
        # The picture's own ground, in steps of what becomes one pixel at the end, and on the way there.
        ground = keras.Input((None, None, 1), name="ground")
        grounds = {halved: layers.UpSampling2D(_STEP >> halved)(ground) for halved in range(1, 5)} | {5: ground}
        x = layers.Rescaling(1 / 255)(picture)
        x = layers.ReLU()(_convolution(x, WIDTHS[0], 7, 2, grounds[1]))
        x = layers.MaxPooling2D(3, 2, padding="same")(x)
        for stage, filters in enumerate(WIDTHS):
            for block in range(2):
                x = _block(x, filters, 2 if stage and not block else 1, grounds[2 + stage])
        total, area = ops.sum(x, axis=(1, 2)), ops.sum(ground, axis=(1, 2))
        return [picture, ground], layers.concatenate([total / area, total / 16])


def _convolution(x: Any, filters: int, kernel_size: int, strides: int, ground: Any, *, gain: str = "ones") -> Any:
    """Convolution and batch normalisation; beyond a picture's ground all stays zero, in whichever batch it is."""
    from keras import layers

    x = layers.Conv2D(filters, kernel_size, strides, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    # There are a few hundred steps, not the thousands that Keras' momentum is meant for. What is beyond the ground
    # has no part in mean and variance.
    normalised = layers.BatchNormalization(momentum=0.9, gamma_initializer=gain)(x, mask=ground[..., 0])
    return normalised * ground


def _block(x: Any, filters: int, strides: int, ground: Any) -> Any:
    """A residual block of ResNet-18 (He et al. 2016, table 1), which at first only hands on (Goyal et al. 2017)."""
    from keras import layers

    same = strides == 1 and x.shape[-1] == filters
    shortcut = x if same else _convolution(x, filters, 1, strides, ground)
    y = layers.ReLU()(_convolution(x, filters, 3, strides, ground))
    return layers.ReLU()(layers.add([_convolution(y, filters, 3, 1, ground, gain="zeros"), shortcut]))
