"""How long the files of a network take: `make bench-artefacts`, or this file, with the number of turns.

For each file the fastest of all turns, in milliseconds of the processors' time, Graphviz' own included: what others do
on the machine disturbs that least. Networks come from `programs.py`; each turn makes every file once.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator
from functools import partial

from programs import realistic

from cnngen.codegen import adjacency, diagram, find_dot, keras_code, network_json
from cnngen.codegen.pictures.dot import dot_source
from cnngen.codegen.pictures.graphviz import draw, find_wheel
from cnngen.codegen.pictures.picture import DPI
from cnngen.codegen.reading.writer import program_text
from cnngen.codegen.tensorboard import event_file
from cnngen.language import Analysis, analyse

WORDS = (12, 100, 240, 700)
TURNS = 5


def files(analysis: Analysis) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is measured: a name, and what makes the file."""
    network = analysis.network
    yield "Keras file", partial(keras_code, analysis)
    yield "JSON", partial(network_json, analysis)
    yield "adjacency matrix", partial(adjacency, network)
    yield "TensorBoard graph", partial(event_file, network)
    yield "program read back", partial(program_text, network.nodes, network.input_shape, network.classes)
    yield "DOT", partial(dot_source, network)
    yield "SVG", partial(diagram, network, "svg")
    yield "PNG", partial(diagram, network, "png")
    wheel = find_wheel()
    if wheel is not None and wheel != find_dot():
        yield "SVG, graphviz-pure", lambda: draw(wheel, dot_source(network), "svg")
        yield "PNG, graphviz-pure", lambda: draw(wheel, dot_source(network), "png", f"-Gdpi={DPI}")


def spent() -> float:
    """Seconds of processor time of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Measure, and print a table."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else TURNS
    analyses = [analyse(realistic(words), name=f"{words}_words") for words in WORDS]
    layers = [len(analysis.network.nodes) for analysis in analyses]
    best: dict[str, list[float]] = {}
    for _ in range(turns):
        for column, analysis in enumerate(analyses):
            for name, make in files(analysis):
                before = spent()
                make()
                taken = (spent() - before) * 1000
                row = best.setdefault(name, [float("inf")] * len(analyses))
                row[column] = min(row[column], taken)
    print("| processor time, ms | " + " | ".join(f"{count:,} layers" for count in layers) + " |")
    print("| --- |" + " ---: |" * len(layers))
    for name, row in best.items():
        print(f"| {name} | " + " | ".join(f"{taken:,.1f}" if taken < 10 else f"{taken:,.0f}" for taken in row) + " |")


if __name__ == "__main__":
    main()
