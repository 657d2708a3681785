"""A network as a graph in the DOT language: what a picture says, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pydot

from cnngen.codegen.pictures.theme import FAMILIES, FAMILY, FONT, GROUND, LINE, QUIET, STEPS, TEXT, step
from cnngen.language import DATASETS, Network, Node, Shape

_NAME_LENGTH = 60
_ENTRIES = 4  # of the legend, in a line
_GAP = 3  # between the lines of a label, in points
_SIGNS = {"add": "+", "concat": "‖"}


def dot_source(network: Network, *, legend: bool = True) -> str:
    """The network in the DOT language, from top to bottom, with the output shapes on the edges.

    With `legend` the layers that compute most are marked, and the title says what marks and colours mean; a panel
    beside the text has a legend and colours of its own.
    """
    graph = pydot.Dot(
        "network",
        graph_type="digraph",
        charset="UTF-8",
        label=_title(network, legend),
        labelloc="t",
        fontname=FONT,
        fontcolor=TEXT,
        ordering="out",  # the left lane stays on the left
        nodesep="0.35",
        ranksep="0.22",
        pad="0.3",
        bgcolor=GROUND,
    )
    lanes = _lanes(network.nodes)
    total = network.totals.macs if legend else 0
    for node in network.nodes:
        graph.add_node(_node(node, network, lanes.get(node.id, "alone"), total))
    for edge in _edges(network):
        graph.add_edge(edge)
    text: str = graph.to_string()
    return text


def _title(network: Network, legend: bool) -> str:
    totals = network.totals
    name = "".join(character if character.isprintable() else "�" for character in network.name)
    name = name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"
    facts = " · ".join(
        (
            _count(totals.layers, "layer"),
            _count(totals.params, "parameter"),
            f"{totals.macs:,} MACs",
        )
    )
    lines = [_font(f"<b>{escape(name)}</b>", size=20), _font(facts, size=11, colour=QUIET)]
    return _html(*lines, *(_legend(network) if legend else ()), " ")


def _legend(network: Network) -> Iterator[str]:
    """What the colours mean, of those that are there: a few a line, so that the picture need not be wider for it."""
    kinds = {node.kind for node in network.nodes}
    entries = [(family.border, family.name) for family in FAMILIES if kinds & set(family.kinds)]
    yield ""
    rows = -(-len(entries) // _ENTRIES)
    for row in range(rows):  # of much the same length
        yield _entries(entries[row * len(entries) // rows : (row + 1) * len(entries) // rows])
    if network.totals.macs:
        yield _entries([(one.colour, one.words) for one in STEPS], " of the MACs")


def _entries(entries: list[tuple[str, str]], behind: str = "") -> str:
    gap = _font("&#160;" * 4, size=9)
    said = gap.join(_mark(colour) + _font(words, size=9, colour=QUIET) for colour, words in entries)
    return said + _font(behind, size=9, colour=QUIET) if behind else said


def _mark(colour: str) -> str:
    return _font("■&#160;", size=9, colour=colour)


def _lanes(nodes: tuple[Node, ...]) -> dict[int, str]:
    """A group for each node. Graphviz draws the layers of one group straight below each other.

    The stream from the input through all left lanes to the output is one group, each right lane another one.
    """
    sources = {node.id: node.inputs for node in nodes}
    lanes: dict[int, str] = {}
    ends = [nodes[-1].id] if nodes else []
    for number, end in enumerate(ends):  # which grows while the lanes are followed
        group = f"lane{number}"
        stream: int | None = end
        while stream is not None and stream not in lanes:
            lanes[stream] = group
            inputs = sources[stream]
            ends.extend(inputs[1:])
            stream = inputs[0] if inputs else None
    return lanes


def _node(node: Node, network: Network, group: str, total: int) -> pydot.Node:
    family = FAMILY[node.kind]
    main = _main_arguments(node, network)
    attributes = {
        "shape": "box",
        "style": '"rounded,filled,dashed"' if node.kind == "dropout" else '"rounded,filled"',
        "margin": '"0.16,0.07"',
        "height": "0.3",
    }
    if node.kind in _SIGNS:
        name = escape(" · ".join((node.name, *main)))
        label = f"<{_font(_SIGNS[node.kind], size=15)}<br/>{_font(name, size=9, colour=QUIET)}>"
        attributes |= {"shape": "ellipse", "style": "filled", "margin": "0"}
    else:
        first = f"<b>{escape(node.name)}</b>" + (f"  {escape(', '.join(main))}" if main else "")
        costs = _costs(node, total)
        label = _html(_font(first, size=12), *([costs] if costs else []))
    return pydot.Node(
        f"n{node.id}",
        id=_quoted(f"n{node.id}"),  # the element's in an SVG; Graphviz would count anew, the edges among them
        label=label,
        tooltip=_quoted(_all_arguments(node)),
        group=group,
        fontname=FONT,
        fontcolor=TEXT,
        fillcolor=_quoted(family.fill),
        color=_quoted(family.border),
        **attributes,
    )


def _edges(network: Network) -> list[pydot.Edge]:
    """An edge per input. A shape stands once, on the first edge that leaves its layer."""
    edges, labelled = [], set()
    shapes = {node.id: node.shape for node in network.nodes}
    for node in network.nodes:
        for lane, source in enumerate(node.inputs):
            attributes = {}
            if source not in labelled:
                labelled.add(source)
                attributes["label"] = _html(_font(f"&#160;{_shape(shapes[source])}", size=9, colour=QUIET))
            edges.append(
                pydot.Edge(
                    f"n{source}",
                    f"n{node.id}",
                    color=_quoted(LINE),
                    fontname=FONT,
                    arrowsize="0.6",
                    weight="1" if lane else "8",  # the main stream stays straight, the lanes beside it bend
                    **attributes,
                )
            )
    return edges


def _main_arguments(node: Node, network: Network) -> list[str]:
    """The hyper-parameters that tell one layer from another of its kind, as people say them."""
    args = node.args
    said: list[str] = []
    if node.kind == "input":
        return [network.dataset] if network.dataset in DATASETS else []
    if "kernel_size" in args:
        said += [_shape(args["kernel_size"]), str(args["filters"])]
    if "pool_size" in args:
        said.append(_shape(args["pool_size"]))
    if "units" in args:
        said.append(str(args["units"]))
    if "rate" in args:
        said.append(f"{args['rate']:g}")
    if "strides" in args and args["strides"] != args.get("pool_size", (1, 1)):
        strides = args["strides"]
        said.append(f"stride {strides[0] if strides[0] == strides[1] else _shape(strides)}")
    if args.get("activation") not in (None, "linear"):
        said.append(args["activation"])
    return said


def _all_arguments(node: Node) -> str:
    """Every hyper-parameter, for the pointer that rests on a layer of an SVG."""
    values = [f"{name}={value}" for name, value in node.args.items() if value is not None]
    return f"{node.name}: {', '.join(values)}" if values else node.name


def _costs(node: Node, total: int) -> str:
    """Parameters and MACs; the latter with a mark when they are much of the total, where there is one."""
    parts = [_count(node.params, "parameter")] if node.params else []
    said = _font(" · ".join(parts + ([f"{node.macs:,} MACs"] if node.macs else [])), size=9, colour=QUIET)
    if not node.params and not node.macs:
        return ""
    reached = step(node.macs, total)
    return f"{_mark(reached.colour)}{said}" if reached else said


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _shape(shape: Shape) -> str:
    return "×".join(str(extent) for extent in shape)


def _font(html: str, *, size: int, colour: str = TEXT) -> str:
    return f'<font point-size="{size}" color="{colour}">{html}</font>'


def _html(*lines: str) -> str:
    """A label of several lines in Graphviz' own HTML."""
    return "<" + f'<br/><font point-size="{_GAP}"><br/></font>'.join(lines) + ">"


def _quoted(text: str) -> str:
    """A string of the DOT language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
