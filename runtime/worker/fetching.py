"""Having a known data set on this machine before anything of it is measured."""

from __future__ import annotations

import hashlib

from cnngen.runtime.image_sets import SETS, cached
from cnngen.runtime.worker.errors import RunError, brief


def to_fetch(source: str) -> bool:
    """Whether the data set comes from the network and is not on this machine."""
    known = SETS.get(source)
    return known is not None and known.folder is not None and cached(known) is None


def fetch(source: str) -> None:
    """Fetch a data set that Keras knows into its cache, unless it lies there, and see that its files are whole.

    Does nothing for anything else. Raises RunError when it can neither be found nor fetched, or is not what it should
    be.
    """
    known = SETS.get(source)
    if known is None or known.folder is None:
        return
    if cached(known) is None:
        import keras

        try:
            getattr(keras.datasets, source).load_data()
        except Exception as error:  # Keras raises a bare Exception when a download fails
            raise RunError(
                f"The data set {source} is not on this machine and could not be downloaded ({brief(error)}); "
                f"go online once, for {known.megabytes:g} MB, or give the path of an .npz file."
            ) from error
    place = cached(known)
    for name, expected in known.files.items() if place else ():
        assert place is not None
        path = place / name
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if found != expected:
            raise RunError(
                f"The file {path} is not the one that belongs to {source} (its MD5 is {found}); "
                "delete it and train again."
            )
