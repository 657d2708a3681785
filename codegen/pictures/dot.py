"""A network as a graph in the DOT language: what a picture says, and how it looks."""

from __future__ import annotations

from html import escape

import pydot

from cnngen.language import DATASETS, Network, Node, Shape

_TEXT = "#1f2933"
_QUIET = "#52606d"  # at least 5:1 on every fill below
_FONT = "Arial"  # has stand-ins of the same widths everywhere, so texts fit their boxes in every viewer

#: Fill and border by what a layer does. The fills differ in lightness and hue, and the words say the rest, so that
#: nobody depends on telling colours apart.
_COLOURS = {
    "input": ("#e4e7eb", "#7b8794"),
    "conv": ("#d6e6f7", "#3a78b5"),
    "sepconv": ("#d6e6f7", "#3a78b5"),
    "upconv": ("#d6e6f7", "#3a78b5"),
    "batch_norm": ("#e8e1f5", "#7a5fb0"),
    "dropout": ("#f7f7f7", "#7b8794"),
    "avg_pooling": ("#d9f0e3", "#35875c"),
    "max_pooling": ("#d9f0e3", "#35875c"),
    "add": ("#fdeec9", "#b07d1e"),
    "concat": ("#fdeec9", "#b07d1e"),
    "flatten": ("#f3f0e6", "#94875c"),
    "global_avg_pooling": ("#d9f0e3", "#35875c"),
    "global_max_pooling": ("#d9f0e3", "#35875c"),
    "dense": ("#fbdfd3", "#b8593a"),
}
_NAME_LENGTH = 60
_GAP = 3  # between the lines of a label, in points
_SIGNS = {"add": "+", "concat": "‖"}


def dot_source(network: Network) -> str:
    """The network in the DOT language, from top to bottom, with the output shapes on the edges."""
    graph = pydot.Dot(
        "network",
        graph_type="digraph",
        charset="UTF-8",
        label=_title(network),
        labelloc="t",
        fontname=_FONT,
        fontcolor=_TEXT,
        ordering="out",  # the left lane stays on the left
        nodesep="0.35",
        ranksep="0.22",
        pad="0.3",
        bgcolor="white",
    )
    lanes = _lanes(network.nodes)
    for node in network.nodes:
        graph.add_node(_node(node, network, lanes.get(node.id, "alone")))
    for edge in _edges(network):
        graph.add_edge(edge)
    text: str = graph.to_string()
    return text


def _title(network: Network) -> str:
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
    return _html(_font(f"<b>{escape(name)}</b>", size=20), _font(facts, size=11, colour=_QUIET), " ")


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


def _node(node: Node, network: Network, group: str) -> pydot.Node:
    fill, border = _COLOURS[node.kind]
    main = _main_arguments(node, network)
    attributes = {
        "shape": "box",
        "style": '"rounded,filled,dashed"' if node.kind == "dropout" else '"rounded,filled"',
        "margin": '"0.16,0.07"',
        "height": "0.3",
    }
    if node.kind in _SIGNS:
        name = escape(" · ".join((node.name, *main)))
        label = f"<{_font(_SIGNS[node.kind], size=15)}<br/>{_font(name, size=9, colour=_QUIET)}>"
        attributes |= {"shape": "ellipse", "style": "filled", "margin": "0"}
    else:
        first = f"<b>{escape(node.name)}</b>" + (f"  {escape(', '.join(main))}" if main else "")
        costs = _costs(node)
        label = _html(_font(first, size=12), *([_font(costs, size=9, colour=_QUIET)] if costs else []))
    return pydot.Node(
        f"n{node.id}",
        id=_quoted(f"n{node.id}"),  # the element's in an SVG; Graphviz would count anew, the edges among them
        label=label,
        tooltip=_quoted(_all_arguments(node)),
        group=group,
        fontname=_FONT,
        fontcolor=_TEXT,
        fillcolor=_quoted(fill),
        color=_quoted(border),
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
                attributes["label"] = _html(_font(f"&#160;{_shape(shapes[source])}", size=9, colour=_QUIET))
            edges.append(
                pydot.Edge(
                    f"n{source}",
                    f"n{node.id}",
                    color=_quoted("#7b8794"),
                    fontname=_FONT,
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


def _costs(node: Node) -> str:
    parts = [_count(node.params, "parameter")] if node.params else []
    return " · ".join(parts + ([f"{node.macs:,} MACs"] if node.macs else []))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _shape(shape: Shape) -> str:
    return "×".join(str(extent) for extent in shape)


def _font(html: str, *, size: int, colour: str = _TEXT) -> str:
    return f'<font point-size="{size}" color="{colour}">{html}</font>'


def _html(*lines: str) -> str:
    """A label of several lines in Graphviz' own HTML."""
    return "<" + f'<br/><font point-size="{_GAP}"><br/></font>'.join(lines) + ">"


def _quoted(text: str) -> str:
    """A string of the DOT language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
