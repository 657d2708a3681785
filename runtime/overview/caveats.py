"""What a reader must know before the figures are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnngen.runtime.group import SUFFIX
from cnngen.runtime.overview.figures import is_indicative
from cnngen.runtime.wording import SHORT, duration, epochs, worst

#: Why a training may end early and still be done.
_BUDGETS = {"max_energy": "the budget of energy (--max-energy)", "max_time": "the budget of time (--max-time)"}


def caveats(result: dict[str, Any], provenance: dict[str, Any] | None) -> list[str]:
    """Sentences, the gravest first."""
    return [*_of_status(result), *_of_energy(result, provenance or {})]


def doubts(result: dict[str, Any]) -> dict[str, bool | None]:
    """What speaks against the energy of the training: `contended` and `indicative`; None where nobody looked."""
    energy = result["energy"]
    if not energy or not energy["training"]["windows"]:
        return {"contended": None, "indicative": None}
    return {"contended": energy["training"]["contended"], "indicative": is_indicative(energy["training"])}


def _of_status(result: dict[str, Any]) -> Iterator[str]:
    done = epochs(result["run"]["epochs_executed"], result["training"]["epochs"])
    if result["status"] != "done":
        yield f"The run did not come to its end: the figures are those of {done}."
    elif result["run"]["stopped_by"] in _BUDGETS:
        budget = _BUDGETS[result["run"]["stopped_by"]]
        yield f"Training ended after {done} because {budget} was reached."
    elif result["run"]["stopped_by"] == "early_stopping":
        yield f"Training ended after {done} because it brought nothing more (early stopping)."
    if result["status"] == "done" and result["quality"]["test_accuracy"] is None:
        yield "No images were kept for a test, so there is no test accuracy."


def _of_energy(result: dict[str, Any], provenance: dict[str, Any]) -> Iterator[str]:
    energy = result["energy"]
    if not energy:
        return
    training = energy["training"]
    if training["windows"] and training["contended"]:
        yield (
            f"Other processes took {100 * (training['others_cpu_share'] or 0):.0f} % of the machine's processor time "
            "while it trained: times and energies are those of a busy machine."
        )
    if training["windows"] and is_indicative(training):
        yield (
            f"The training took {duration(training['duration_s'])}; below {SHORT:g} s there are too few readings, "
            "so its energy is a hint only."
        )
    if worst(energy, energy["total"]) != "measured":
        yield "Figures that are not measured can be off by some 40 %: compare them on one machine only."
    if provenance.get("machine", {}).get("virtual"):
        yield "The machine is virtual: the hardware's energy counters are not shown to it."
    match result["run"]["repeat"]:
        case {"group": str(group), "number": number, "of": of}:
            yield f"This is run {number} of {of}: how much the figures vary from run to run stands in {group}{SUFFIX}."
        case _ if training["windows"]:
            yield "This is one run: how much the figures vary from run to run is not known from it."
