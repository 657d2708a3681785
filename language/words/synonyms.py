"""What people write from Keras, from other tools and by a slip, and what they mean here."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from cnngen.language.words.catalogue import WORDS

#: What people write from Keras, from other tools and from the figures of the paper, and the word that they mean.
SYNONYMS: dict[str, str] = {
    "pooling": "max_pooling",
    "pool": "max_pooling",
    "maxpool": "max_pooling",
    "maxpooling": "max_pooling",
    "maxpooling2d": "max_pooling",
    "avgpool": "avg_pooling",
    "averagepooling2d": "avg_pooling",
    "conv2d": "conv",
    "convolution": "conv",
    "conv2dtranspose": "upconv",
    "separableconv2d": "sepconv",
    "fullyconnected": "dense",
    "fc": "dense",
    "linear": "dense",
    "gap": "global_avg_pooling",
    "globalaveragepooling2d": "global_avg_pooling",
    "globalmaxpooling2d": "global_max_pooling",
    "concatenate": "concat",
    "identity": "Empty",
    "skip": "Empty",
}

#: The same for hyper-parameters: a name from elsewhere, and those that it may mean, by the word where it stands.
HYPERPARAMETER_SYNONYMS: dict[str, tuple[str, ...]] = {
    "amp": ("dtype_policy",),
    "channels": ("filters",),
    "cutout": ("random_erasing",),
    "dtype": ("dtype_policy",),
    "features": ("filters", "units"),
    "filters": ("units",),
    "gamma": ("decay_rate",),
    "horizontal_flip": ("random_flip",),
    "jit": ("jit_compile",),
    "kernel_size": ("pool_size",),
    "l2": ("weight_decay",),
    "lr": ("learning_rate",),
    "lr_schedule": ("schedule",),
    "milestones": ("boundaries",),
    "mixed_precision": ("dtype_policy",),
    "neurons": ("units",),
    "p": ("rate",),
    "policy": ("dtype_policy",),
    "pool_size": ("kernel_size",),
    "precision": ("dtype_policy",),
    "random_crop": ("random_translation",),
    "random_shift": ("random_translation",),
    "scheduler": ("schedule",),
    "size": ("kernel_size", "pool_size", "units"),
    "units": ("filters",),
    "warmup": ("warmup_epochs",),
    "warmup_steps": ("warmup_epochs",),
    "window": ("kernel_size", "pool_size"),
}


@lru_cache(1024)
def suggest(written: str) -> str | None:
    """The word of the language that is most likely meant."""
    if len(written) > 40:
        return None
    lower = written.lower()
    if lower in SYNONYMS:
        return SYNONYMS[lower]
    by_lower = {name.lower(): name for name in WORDS} | SYNONYMS
    close = get_close_matches(lower, by_lower, 1, cutoff=0.7)
    return by_lower[close[0]] if close else None
