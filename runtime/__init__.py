"""Training and measuring: data sets, the worker process, energy, run records.

The parent side (this package) needs the standard library, `cnngen.language` and `cnngen.codegen`. Keras, TensorFlow and
CodeCarbon are imported in the worker process only (`cnngen.runtime.worker`), which in turn needs neither the language
nor its parser: that is why the names below are loaded when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnngen.runtime.checkup import doctor, findings
    from cnngen.runtime.driving.job import TrainingJob
    from cnngen.runtime.driving.options import TrainOptions
    from cnngen.runtime.driving.repeats import RepeatedTraining
    from cnngen.runtime.errors import CannotTrain, ProgramNotTrainable
    from cnngen.runtime.export import CannotExport, onnx
    from cnngen.runtime.overview.summary import summary
    from cnngen.runtime.record import load_result
    from cnngen.runtime.runs import runs_of

__all__ = [
    "CannotExport",
    "CannotTrain",
    "ProgramNotTrainable",
    "RepeatedTraining",
    "TrainOptions",
    "TrainingJob",
    "doctor",
    "findings",
    "load_result",
    "onnx",
    "runs_of",
    "summary",
]

# No home bears the name of what it holds: importing a submodule would put the module in the name's place.
_HOMES = {
    "CannotExport": "export",
    "CannotTrain": "errors",
    "ProgramNotTrainable": "errors",
    "RepeatedTraining": "driving.repeats",
    "TrainOptions": "driving.options",
    "TrainingJob": "driving.job",
    "doctor": "checkup",
    "findings": "checkup",
    "load_result": "record",
    "onnx": "export",
    "runs_of": "runs",
    "summary": "overview.summary",
}


def __getattr__(name: str) -> Any:
    """Load a name of this package on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
