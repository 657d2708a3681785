"""`cnngen/diagram`: the picture of a program, for a panel beside its text. Not a request of the protocol's own.

The parameters are `{uri, dot}`. The answer is null when the document is not open or was edited meanwhile, else

    {version, svg, dot, nodes: [{id, range, name, kind, params, macs, activationBytes}], lanes: [{first, last}],
     message, prediction}

The element of a layer in the SVG has the id `n` and the layer's `id`; a lane has the layers from `first` to `last`.
`prediction` is a sentence about what the network is predicted to come to, or null.
Without a picture `svg` is null, there are no nodes and lanes, and `message` is one sentence that says why. But a client
that draws by itself says so by a true `dot`: where the machine has no Graphviz, it gets the graph in the DOT language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from cnngen.server.convert import View
from cnngen.server.features.diagram import drawn_lanes, drawn_layers, why_no_picture
from cnngen.server.features.prediction import in_short
from cnngen.server.protocol import DIAGRAM

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer diagrams."""
    server.feature(DIAGRAM)(diagram)


async def diagram(ls: Server, params: Any) -> dict[str, Any] | None:
    """The picture of the newest version of a document."""
    from cnngen.codegen import DiagramUnavailable, find_dot, live_source

    view = await ls.view_of(str(getattr(params, "uri", "")))
    if view is None:
        return None
    prediction = _prediction(ls, view)
    if message := why_no_picture(view.analysis):
        return _answer(view, message=message)
    try:
        if getattr(params, "dot", None) is True and find_dot() is None:
            return _answer(view, dot=await live_source(view.analysis.network), prediction=prediction)
        svg = await ls.pictures.svg(view.analysis)
    except DiagramUnavailable as unavailable:
        return _answer(view, message=str(unavailable))
    return _answer(view, svg=svg, prediction=prediction)


def _prediction(ls: Server, view: View) -> str | None:
    if not ls.configuration.of(view.document.uri).predictions:
        return None
    predicted = ls.predictions.of(view.analysis)
    return in_short(predicted) if predicted else None


def _answer(
    view: View,
    *,
    svg: str | None = None,
    dot: str | None = None,
    message: str | None = None,
    prediction: str | None = None,
) -> dict[str, Any]:
    analysis = view.analysis
    drawn = bool(svg or dot)
    return {
        "version": view.document.version,
        "svg": svg,
        "dot": dot,
        "nodes": [
            {
                "id": layer.id,
                "range": _range(view.range(layer.span)),
                "name": layer.name,
                "kind": layer.kind,
                "params": layer.params,
                "macs": layer.macs,
                "activationBytes": layer.activation_bytes,
            }
            for layer in (drawn_layers(analysis) if drawn else ())
        ],
        "lanes": [{"first": lane.first, "last": lane.last} for lane in (drawn_lanes(analysis) if drawn else ())],
        "message": message,
        "prediction": prediction,
    }


def _range(place: types.Range) -> dict[str, dict[str, int]]:
    return {
        name: {"line": point.line, "character": point.character}
        for name, point in (("start", place.start), ("end", place.end))
    }
