"""The CNNGen language: from the text of a program to the network it means, and to what is wrong with it.

`analyse` is the door of this room; an `Analyser` is for texts that change a little at a time. Nothing here reads files,
knows an editor's protocol, or imports Keras.
"""

from cnngen.language.analysis import Analyser, Analysis, analyse
from cnngen.language.costs import Costs, costs, training_bytes
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Related, Severity, applied
from cnngen.language.fixing.trying import with_working_fixes, working_fixes
from cnngen.language.formatting.formatter import Formatted, format_text
from cnngen.language.network import SCHEMA_VERSION, Network, Node, Shape, Totals, Training
from cnngen.language.source import Encoding, Lines, Position, Span
from cnngen.language.words.datasets import DATASETS, Dataset

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
