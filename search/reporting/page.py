"""The page about a benchmark: HTML that needs nothing else. Without matplotlib it has no charts."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, Any

from cnngen.runtime.report.html import Html, joined, table, tag
from cnngen.runtime.report.page import caveats, figures, page, picture, section
from cnngen.runtime.wording import duration, percent, watt_hours
from cnngen.search.publishing import noise
from cnngen.search.publishing.card import MEASURES, hosts, limitations_of
from cnngen.search.reporting.measures import (
    PAPERS_BULK,
    PAPERS_CHANCE,
    SHOWN,
    TOTAL,
    Energy,
    Spread,
    compared_energy,
    failures,
    shares,
    spread,
)
from cnngen.search.reporting.told import Told

if TYPE_CHECKING:
    from cnngen.search.reporting.nasbench101 import Table

#: Reasons of failures that the page lists.
_REASONS = 20

#: Costs before training that are set against the energy, and what they are called.
_COSTS = {"macs": "MACs", "parameters": "Parameters"}

#: Fewer networks than this are an impression, no distribution.
_FEW = 50


_TAU = tag("p", "τ is Kendall's: 1 where both order the networks alike, 0 by chance.", class_="quiet")


def compose(told: Told, table101: Table | None, command: str) -> str:
    """The page; `command` makes it again."""
    energy = compared_energy(told.networks)
    title = told.specification.name
    sections = _sections(told, energy, table101) if told.trials else [tag("p", "No trial has ended yet.")]
    return page(
        title,
        tag("header", tag("h1", title), tag("p", _about(told))),
        figures(_headlines(told)),
        caveats(_caveats(told, energy)),
        *sections,
        section("Failures", _failures(told)),
        section("Again", tag("pre", command, class_="command")),
    )


def _about(told: Told) -> str:
    data, planned = told.specification.data, f" of {told.total:,} planned" if told.total else ""
    images = f"{data.images:,} images of {data.source}" if data.images else data.source
    size = f" at {data.size} pixels" if data.size else ""
    epochs = _counted(told.specification.training.epochs, "epoch")
    return f"{_counted(len(told.trials), 'training')}{planned}, {epochs} each, on {images}{size}."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _headlines(told: Told) -> Iterator[dict[str, Any]]:
    """The cards on top."""
    ended = len(told.trials)
    failed = sum(row["state"] != "done" for row in told.trials)
    how = (f"{failed:,} came to no good end" if failed else "all came to a good end") if ended else "none has ended yet"
    yield _figure("Trainings", f"{ended:,}", how)
    accuracies = [row["test_accuracy"] for row in told.networks if row.get("test_accuracy") is not None]
    if accuracies:
        ends = f"{percent(min(accuracies))} to {percent(max(accuracies))} of {len(accuracies):,} networks"
        yield _figure("Test accuracy, median", percent(median(accuracies)), ends)
    spent = [row["run_energy_total_kwh"] for row in told.trials if row.get("run_energy_total_kwh")]
    if spent:
        # A badge would name one source, and hide that most or little of the energy comes from others.
        yield _figure("Energy of all trials", watt_hours(sum(spent), _source(told)), _of_training(told))
    times = [row["run_duration_s"] for row in told.trials if row.get("run_duration_s")]
    if times:
        yield _figure("A trial takes", duration(median(times)), f"at the median; {duration(sum(times))} in all")
    floor = {one.measure: one for one in noise.deviations(noise.groups(told.trials, "repeat"))}
    if (one := floor.get("test_accuracy")) is not None:
        how = f"standard deviation between {one.trainings} trainings of {_counted(one.networks, 'network')}"
        yield _figure("Noise floor of accuracy", f"{one.deviation * 100:.2f} points", how)


def _figure(label: str, text: str, how: str | None) -> dict[str, Any]:
    return {"label": label, "text": text, "how": how, "source": None, "source_text": None}


def _of_training(told: Told) -> str | None:
    found = shares(told.trials)
    return f"in training: {found}" if found else None


def _source(told: Told) -> str:
    """The least certain source that an energy here has a part of."""
    found = {row.get(f"energy_{part}_source") for row in told.trials for part in ("cpu", "gpu", "ram")}
    return next((source for source in ("constant", "modelled", "measured") if source in found), "constant")


def _caveats(told: Told, energy: Energy) -> Iterator[str]:
    if told.total and len(told.trials) < told.total:
        yield (
            f"The benchmark is not at its end: {len(told.trials):,} of {told.total:,} trials are. Trials come in "
            "random order, so these are a fair sample."
        )
    if told.trials and len(told.networks) < _FEW:
        yield f"{_counted(len(told.networks), 'network')} give an impression of a distribution, not more."
    yield from limitations_of(told.trials)
    if energy.why:
        yield energy.why
    classes = hosts(told.trials)
    if len(classes) > 1:
        told_of_hosts = "; ".join(classes)
        yield f"{len(classes)} classes of hosts, whose energies and times are not comparable: {told_of_hosts}."


def _sections(told: Told, energy: Energy, table101: Table | None) -> list[Html]:
    """What the rows show. Where matplotlib is not installed, the tables alone."""
    try:
        from cnngen.search.reporting import comparisons, pictures
    except ImportError:
        return [section("Accuracy", _spreads(told, table101)), section("Noise floor", _noise(told))]
    own = told.networks
    kinds = [TOTAL, energy] if energy != TOTAL else [TOTAL]
    beside = [comparisons.layers(own, table101), comparisons.costs(own, energy, table101)]
    if table101:
        beside += [comparisons.layers_against_time(table101), comparisons.times(table101)]
    others = [pictures.against(own, energy, column, label) for column, label in _COSTS.items()]
    return [
        section("Accuracy", _charts(comparisons.accuracies(told, table101)), _spreads(told, table101)),
        section("Energy", _charts([pictures.energies(own, kind) for kind in kinds])),
        section("Layers against energy", _charts([pictures.against(own, kind, "layers", "Layers") for kind in kinds])),
        section("Sizes and costs" + (" beside NAS-Bench-101" if table101 else ""), _charts(beside)),
        section("Accuracy against energy", picture(pictures.pareto(own, energy), wide=True)),
        section("What energy follows", _charts(others), _TAU if any(others) else ""),
        section("Learning curves", _charts(pictures.curves(told))),
        section(
            "Noise and drift",
            _charts([pictures.repeats(told.trials), pictures.reference(told.trials)]),
            _noise(told),
        ),
    ]


def _charts(drawn: list[Html]) -> Html:
    """Charts in rows of two; nothing for none."""
    shown = [picture(svg) for svg in drawn if svg]
    rows = [shown[at : at + 2] for at in range(0, len(shown), 2)]
    return joined(tag("div", *row, *([tag("div")] if len(row) == 1 else []), class_="charts") for row in rows)


def _spreads(told: Told, table101: Table | None) -> Html:
    """Percentiles of accuracies, and how wide they are by the accuracy of guessing."""
    sets: list[tuple[str, Spread | None, float | None]] = [
        (
            "this set",
            spread(row["test_accuracy"] for row in told.networks if row.get("test_accuracy") is not None),
            told.chance,
        )
    ]
    for epochs in sorted(table101.accuracy) if table101 else ():
        assert table101
        sets.append((f"NAS-Bench-101, {epochs} epochs, validation", spread(table101.accuracy[epochs].tolist()), 0.1))
    rows = [
        (
            name,
            f"{found.networks:,}",
            *(f"{found.percentiles[at] * 100:.1f}" for at in SHOWN),
            _times(found.width, chance),
        )
        for name, found, chance in sets
        if found and found.networks > 1
    ]
    if not rows:
        return Html()
    low, high = PAPERS_BULK
    bulk = ["", f"{low * 100:.1f}", "", "", "", f"{high * 100:.1f}", ""]
    rows.append(("the paper's bulk of its networks", "1,300", *bulk, _times(high - low, PAPERS_CHANCE)))
    names = {0: "least", 50: "median", 100: "most"}
    head = ("", "networks", *(names.get(at, f"{at} %") for at in SHOWN), "5 to 95 %")
    note = (
        "Percentiles of the accuracy, in %; the last column is their width, as a multiple of the accuracy of guessing. "
        "The paper and NAS-Bench-101 trained on all of CIFAR-10 at 32 pixels, so levels are not comparable with a "
        "smaller fidelity; widths are, relative to chance. The paper tells where the bulk of its networks lies "
        "(its figure 1)."
    )
    return joined((table("How far accuracies spread", head, rows), tag("p", note, class_="quiet")))


def _times(width: float, chance: float | None) -> str:
    return f"{width / chance:.1f} × chance" if chance else "–"


def _noise(told: Told) -> Html:
    kinds = {"repeat": "repeats, other seeds", "reference": "reference, same seed"}
    rows = [
        (
            f"{MEASURES[one.measure]}",
            what,
            f"{one.deviation * 100:.1f} % of the mean" if one.relative else f"{one.deviation * 100:.2f} points",
            str(one.networks),
            str(one.trainings),
        )
        for role, what in kinds.items()
        for one in noise.deviations(noise.groups(told.trials, role))
    ]
    head = ("", "between", "standard deviation", "networks", "trainings")
    return table("Standard deviations between trainings of the same network", head, rows, text=(1,)) if rows else Html()


def _failures(told: Told) -> Html:
    found = failures(told.trials)
    if not found:
        return tag("p", "None.") if told.trials else Html()
    rows = [(state, stage, reason, f"{number:,}") for state, stage, reason, number in found[:_REASONS]]
    rest = len(found) - _REASONS
    more = tag("p", f"{rest} further reasons are in the table of trials.", class_="quiet") if rest > 0 else Html()
    return joined(
        (table("Trials that came to no good end", ("", "stage", "reason", "trials"), rows, text=(1, 2)), more)
    )
