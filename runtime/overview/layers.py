"""The network of a run: its facts, and the layers that cost most."""

from __future__ import annotations

from typing import Any

#: So many layers are told; the rest costs less.
_MOST_LAYERS = 12


def network(result: dict[str, Any], described: dict[str, Any] | None) -> dict[str, Any]:
    """The keys `network`, `layers` and `layers_of`: the size of the network and its costly layers, by MACs."""
    facts = result["network"]
    nodes = (described or {}).get("nodes", [])
    macs = sum(node["macs"] for node in nodes)
    params = sum(node["params"] for node in nodes)
    costly = sorted((node for node in nodes if node["macs"] or node["params"]), key=_cost, reverse=True)
    return {
        "network": {"layers": facts["layers"], "parameters": facts["parameters"], "macs": facts["macs"]},
        "layers": [
            {
                "name": node["name"],
                "kind": node["kind"],
                "shape": list(node["shape"]),
                "parameters": node["params"],
                "parameters_share": node["params"] / params if params else None,
                "macs": node["macs"],
                "macs_share": node["macs"] / macs if macs else None,
            }
            for node in costly[:_MOST_LAYERS]
        ],
        "layers_costly": len(costly),
    }


def _cost(node: dict[str, Any]) -> tuple[int, int]:
    return node["macs"], node["params"]
