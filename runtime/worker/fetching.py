"""Having a known data set on this machine before anything of it is measured."""

from __future__ import annotations

from cnngen.runtime.image_sets import SETS, broken, cache, cached
from cnngen.runtime.worker.errors import RunError, brief


def to_fetch(source: str) -> bool:
    """Whether the data set comes from the network and is not on this machine."""
    known = SETS.get(source)
    return known is not None and known.place is not None and cached(known) is None


def fetch(source: str) -> None:
    """Fetch a data set that Keras knows into its cache, unless it lies there, and see that its files are whole.

    Does nothing for anything else. Raises RunError when it can neither be found nor fetched, or is not what it should
    be: Keras would fetch it again, within a window.
    """
    known = SETS.get(source)
    if known is None or known.place is None:
        return
    if cached(known) is None:
        import keras

        try:
            getattr(keras.datasets, source).load_data()
        except Exception as error:  # Keras raises a bare Exception when a download fails
            reason = brief(error).replace(": None -- ", ": ")
            raise RunError(
                f"The data set {source} is not on this machine and could not be downloaded ({reason}): go online "
                f"once, for {known.megabytes:g} MB, copy {cache() / known.place} from a machine that has it, or give "
                "images of your own (--dataset)."
            ) from error
    if cached(known) and (found := broken(known)):
        kind = "SHA-256" if len(found[1]) == 64 else "MD5"
        raise RunError(
            f"The file {found[0]} is not the one that belongs to {source} (its {kind} is {found[1]}); "
            "delete it and train again."
        )
