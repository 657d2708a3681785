"""`python -m cnngen.runtime.worker.export MODEL.py OUT.onnx --seed N`: a generated file's model as ONNX, by Keras.

Prints one line of JSON: what packages are missing, and one sentence when the model could not be exported. The model is
not trained: its weights are the first ones of that seed. The same packages write the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import warnings
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

#: The modules that the export imports, and where each comes from.
NEEDED = {"keras": "keras", "tensorflow": "tensorflow", "onnx": "onnx", "tf2onnx": "tf2onnx"}

#: What the converter puts behind a name.
_NUMBERED = re.compile(r"(__\d+)+$")


def export(model: Path, out: Path, seed: int) -> dict[str, Any]:
    """Write the model that a generated file builds to `out`; say what is missing, or what went wrong."""
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    found: dict[str, Any] = {"missing": missing, "error": None}
    if missing:
        return found
    warnings.simplefilter("ignore")
    import keras

    from cnngen.runtime.worker.errors import RunError, brief
    from cnngen.runtime.worker.training import load_model

    keras.utils.set_random_seed(seed)
    _complete_converter()
    try:
        built = load_model(model)
        built(keras.ops.zeros((1, *built.input_shape[1:])))  # what was never called cannot be exported
        built.export(out, format="onnx", verbose=False)
        _settle(out)
    except RunError as error:
        found["error"] = str(error)
    except Exception as error:
        found["error"] = f"Keras could not export the network as ONNX: {brief(error)}."
    return found


def _complete_converter() -> None:
    """Teach tf2onnx the complementary error function, of which TensorFlow makes `gelu`: ONNX has only erf, and
    erfc(x) = 1 - erf(x).
    """
    import numpy as np
    from tf2onnx.handler import tf_op
    from tf2onnx.utils import map_onnx_to_numpy_type as to_numpy

    @tf_op("Erfc")
    class _Erfc:
        @classmethod
        def version_9(cls, graph: Any, node: Any, **_: Any) -> None:
            kind, shapes, kinds = graph.get_dtype(node.output[0]), node.output_shapes, node.output_dtypes
            graph.remove_node(node.name)
            one = graph.make_const(f"{node.name}/one", np.ones((), to_numpy(kind)))
            erf = graph.make_node("Erf", node.input, name=f"{node.name}/erf", shapes=shapes, dtypes=kinds)
            graph.make_node(
                "Sub", [one.output[0], erf.output[0]], name=node.name, outputs=node.output, shapes=shapes, dtypes=kinds
            )


def _settle(path: Path) -> None:
    """Write the file anew in an order, and under names, that only the network decides.

    The converter goes through sets, so what it writes differs from run to run: the order of nodes in lanes, the numbers
    in names.
    """
    import onnx

    model = onnx.load(path)
    graph = model.graph
    nodes = _depth_first(graph)
    names = {graph.input[0].name: "images", graph.output[0].name: "output"}
    constants = {initializer.name: initializer for initializer in graph.initializer}
    used: list[Any] = []  # constants, as nodes come to read them
    made: Counter[str] = Counter()
    for node in nodes:
        base = _NUMBERED.sub("", node.name)
        if node.op_type == "Transpose":  # of several equal ones the converter keeps any, with its name
            base = f"{names.get(node.input[0], node.input[0]).rpartition(':')[0] or 'images'}/Transpose"
        made[base] += 1
        node.name = base if made[base] == 1 else f"{base}_{made[base]}"
        for place, name in enumerate(node.input):
            if name in constants and name not in names:
                names[name] = f"{node.name}/{place}"
                used.append(constants[name])
            node.input[place] = names[name] if name else ""
        for place, name in enumerate(node.output):
            node.output[place] = names.setdefault(name, f"{node.name}:{place}")
    for value in (*used, graph.input[0], graph.output[0]):
        value.name = names[value.name]
    for value in (graph.input[0], graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_param = "number"
    for field, content in (("node", nodes), ("initializer", used), ("value_info", [])):
        graph.ClearField(field)
        getattr(graph, field).extend(content)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _depth_first(graph: Any) -> list[Any]:
    """The nodes that the output needs, each behind those that it reads."""
    makers = {name: node for node in graph.node for name in node.output}
    order: list[Any] = []
    seen: set[str] = set()
    pending = [(makers[graph.output[0].name], False)]
    while pending:
        node, ready = pending.pop()
        if ready:
            order.append(node)
        elif node.output[0] not in seen:
            seen.add(node.output[0])
            pending.append((node, True))
            pending += [(makers[name], False) for name in reversed(node.input) if name in makers]
    return [_own(node) for node in order]


def _own(node: Any) -> Any:
    """A node of its own: those of a graph end with the list that they are in."""
    own = type(node)()
    own.CopyFrom(node)
    return own


def main() -> None:
    """Print what was found as one line of JSON."""
    parser = argparse.ArgumentParser(prog="cnngen.runtime.worker.export")
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(json.dumps(export(options.model, options.out, options.seed)))


if __name__ == "__main__":
    main()
