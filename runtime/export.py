"""A network as ONNX, by way of Keras' own export in the Python that has it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cnngen.codegen import keras_code
from cnngen.language import Analysis
from cnngen.runtime.driving.interpreter import ask
from cnngen.runtime.errors import CannotTrain

#: Seconds that an export may take; of these TensorFlow's import takes five to thirty.
PATIENCE = 600

INSTALL = 'install them there with pip install "cnngen[train,onnx]"'


class CannotExport(Exception):
    """There is no ONNX file of a network; the message is one sentence that says why and what to do."""


def onnx(analysis: Analysis, interpreter: str, python_path: str | Path | None = None) -> bytes:
    """The network of a program without errors as an ONNX model, with the first weights of the program's seed.

    `interpreter` is the Python that has Keras, and `python_path` what it must have on its path to find `cnngen`.

    Raises:
        CannotExport: the interpreter lacks what the export needs, or Keras cannot export the network.
    """
    with tempfile.TemporaryDirectory(prefix="cnngen-") as folder:
        model, out = Path(folder) / "model.py", Path(folder) / "model.onnx"
        model.write_text(keras_code(analysis), encoding="utf-8")
        seed = str(analysis.network.training.seed)
        try:
            found = ask(interpreter, python_path, "export", str(model), str(out), "--seed", seed, patience=PATIENCE)
        except CannotTrain as error:
            raise CannotExport(f"There is no ONNX file: {error}") from error
        if found["missing"]:
            lacking = ", ".join(found["missing"])
            raise CannotExport(f"ONNX needs packages that {interpreter} lacks, {lacking}: {INSTALL}.")
        if found["error"]:
            raise CannotExport(str(found["error"]))
        return out.read_bytes()
