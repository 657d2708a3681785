"""The CNNGen language: from the text of a program to the network it means, and to what is wrong with it.

`analyse` is the door of this room; an `Analyser` is for texts that change a little at a time. Nothing here reads files,
knows an editor's protocol, or imports Keras.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cnngen.language.analysis import Analyser, Analysis, analyse
from cnngen.language.costs import Costs, costs, training_bytes
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Related, Severity, applied
from cnngen.language.network import SCHEMA_VERSION, Network, Node, Shape, Totals
from cnngen.language.source import Encoding, Lines, Position, Span
from cnngen.language.training import Training
from cnngen.language.words.datasets import DATASETS, Dataset

if TYPE_CHECKING:
    from cnngen.language.fixing.trying import with_working_fixes, working_fixes
    from cnngen.language.formatting.formatter import Formatted, format_text

__all__ = [
    "DATASETS",
    "SCHEMA_VERSION",
    "Analyser",
    "Analysis",
    "Code",
    "Costs",
    "Dataset",
    "Diagnostic",
    "Edit",
    "Encoding",
    "Fix",
    "Formatted",
    "Lines",
    "Network",
    "Node",
    "Position",
    "Related",
    "Severity",
    "Shape",
    "Span",
    "Totals",
    "Training",
    "analyse",
    "applied",
    "costs",
    "format_text",
    "training_bytes",
    "with_working_fixes",
    "working_fixes",
]

#: What an analysis does not need is loaded when it is first asked for.
_HOMES = {
    "Formatted": "formatting.formatter",
    "format_text": "formatting.formatter",
    "with_working_fixes": "fixing.trying",
    "working_fixes": "fixing.trying",
}


def __getattr__(name: str) -> Any:
    """Load a name of this package on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
