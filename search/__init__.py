"""Populations of networks: drawing them from the grammar, training them by the hundred, and what came of it.

This package needs the standard library, `cnngen.language`, `cnngen.codegen` and `cnngen.runtime`. What draws
pictures or gives data frames imports its library when it is asked to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnngen.search.publishing.loading import LoadedBenchmark

__all__ = ["load_benchmark"]


def load_benchmark(path: str | Path) -> LoadedBenchmark:
    """Load a published benchmark, the folder that `cnngen benchmark export` wrote, as data frames of pandas.

    Raises SearchError with what is wrong: no export, a damaged file, pandas not installed.
    """
    from cnngen.search.publishing.loading import load_benchmark as load

    return load(path)
