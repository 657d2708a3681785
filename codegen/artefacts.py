"""What a network is published as: every file, what makes it, and the manifest that lists them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from cnngen.codegen.adjacency import adjacency
from cnngen.codegen.keras.program import keras_code
from cnngen.codegen.pictures.picture import diagram
from cnngen.codegen.tensorboard import event_file
from cnngen.language import Analysis, with_working_fixes

MANIFEST_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Artefact:
    """One kind of file: the end of its name, what it is, and its bytes. `make` is None where somebody else makes it.

    `make` may raise DiagramUnavailable.
    """

    suffix: str
    what: str
    make: Callable[[Analysis], bytes] | None = None


def network_json(analysis: Analysis) -> dict[str, Any]:
    """The network with its diagnostics as plain data: the object that `cnngen describe --format json` prints."""
    lines = analysis.lines
    diagnostics = [diagnostic.to_json(lines) for diagnostic in with_working_fixes(analysis, analysis.diagnostics)]
    return analysis.network.to_json(lines) | {"diagnostics": diagnostics}


def _dot(analysis: Analysis) -> bytes:
    from cnngen.codegen.pictures.dot import dot_source  # imports pydot, which who only wants code need not wait for

    return dot_source(analysis.network).encode()


def _matrix(analysis: Analysis) -> bytes:
    """The adjacency matrix as JSON, a row a line, as people expect a matrix."""
    data = adjacency(analysis.network)
    rows = ",\n    ".join(json.dumps(row, separators=(",", ":")) for row in data.pop("matrix"))
    head = json.dumps(data, indent=2).removesuffix("\n}")
    return f'{head},\n  "matrix": [\n    {rows}\n  ]\n}}\n'.encode()


#: What `cnngen generate` writes, by key.
USUAL: Mapping[str, Artefact] = {
    "python": Artefact("py", "the network as a Keras program", lambda analysis: keras_code(analysis).encode()),
    "svg": Artefact("svg", "its diagram, to look at", lambda analysis: diagram(analysis.network, "svg")),
    "png": Artefact(
        "png", "its diagram, in the same scale for every network", lambda analysis: diagram(analysis.network, "png")
    ),
    "json": Artefact("json", "its layers, shapes and costs", lambda analysis: _json(network_json(analysis))),
}

#: What `cnngen generate --all` writes, by key.
ALL: Mapping[str, Artefact] = {
    "program": Artefact(
        "cnn", "the program as it is written", lambda analysis: analysis.lines.text.encode("utf-8", "replace")
    ),
    "canonical": Artefact(
        "canonical.cnn",
        "the program with every hyper-parameter written, from which the network has its hash",
        lambda analysis: analysis.network.canonical.encode(),
    ),
    **USUAL,
    "dot": Artefact("dot", "the diagram in the DOT language", _dot),
    "adjacency": Artefact("adjacency.json", "the adjacency matrix with a label for each layer", _matrix),
    "tensorboard": Artefact("tfevents", "the graph for TensorBoard", lambda analysis: event_file(analysis.network)),
    "onnx": Artefact("onnx", "the model as ONNX, with the first weights of the program's seed"),
}


def manifest(analysis: Analysis, files: Mapping[str, tuple[str, bytes]]) -> bytes:
    """The list of the files of a network, with sizes and checksums: by key the name and the content of each."""
    network = analysis.network
    totals = network.totals
    return _json(
        {
            "schema": MANIFEST_SCHEMA,
            "name": network.name,
            "hash": network.hash,
            "cnngen": version("cnngen"),
            "layers": totals.layers,
            "params": totals.params,
            "macs": totals.macs,
            "files": [
                {
                    "file": name,
                    "what": ALL[key].what,
                    "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
                for key, (name, content) in files.items()
            ],
        }
    )


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=2) + "\n").encode()
