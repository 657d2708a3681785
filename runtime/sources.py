"""Where an energy comes from: which share of it is measured, modelled, constant."""

from __future__ import annotations

from typing import Any

from cnngen.runtime.wording import JOULES_PER_KWH, SOURCES, worst

#: Which share of an energy is measured, modelled, constant; they add up to 1.
Shares = dict[str, float]


def shares_of(energy: dict[str, Any], sums: dict[str, Any]) -> Shares:
    """Which share of a sum of windows is measured, modelled and constant, in this order; of no energy, the source that
    it would have.
    """
    total, found = sums["energy_total_kwh"], dict.fromkeys(SOURCES, 0.0)
    for name, source in energy["sources"].items():
        if total and source["source"] in found:
            found[source["source"]] += sums[f"energy_{name}_kwh"] / total
    return {name: share for name, share in found.items() if share > 0} or {worst(energy, sums): 1.0}


def above_idling(energy: dict[str, Any]) -> dict[str, float]:
    """What each component drew in the training on top of its idling; of one that drew no more, nothing."""
    training, idle = energy["training"], energy["idle"] or {}
    above = {}
    for name in energy["sources"]:
        idling = (idle.get(f"power_{name}_w") or 0.0) * training["duration_s"] / JOULES_PER_KWH
        above[f"energy_{name}_kwh"] = max(0.0, training[f"energy_{name}_kwh"] - idling)
    return {**above, "energy_total_kwh": sum(above.values())}


def weakest(shares: Shares) -> str:
    """The weakest source that has a share: it says how many digits the whole is worth."""
    return max(shares, key=lambda name: SOURCES.index(name) if name in SOURCES else len(SOURCES))


def shares_text(shares: Shares) -> str:
    """The sources with what comes of each, as `29 % modelled, 71 % constant`; one that is all stands alone."""
    seen = {name: text for name, share in shares.items() if (text := f"{100 * share:.0f} %") != "0 %"}
    return next(iter(seen)) if len(seen) == 1 else ", ".join(f"{text} {name}" for name, text in seen.items())
