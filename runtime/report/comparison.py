"""The comparison of several runs: figures side by side, curves over one another, energy by component.

Repetitions of one request count as one: the median stands for them, with the interval of the mean. A single run has
none, and the page says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from cnngen.runtime.report.groups import SETTINGS, Group, grouped, images, settings, value
from cnngen.runtime.report.html import Html, joined, table, tag
from cnngen.runtime.report.page import caveats, page, picture, readable_time, section, source
from cnngen.runtime.report.run import no_charts
from cnngen.runtime.sources import shares_text
from cnngen.runtime.wording import DIGITS, duration, percent, significant, watt_hours

Overview = dict[str, Any]

#: The columns of the table: a figure's key, the column's head.
_COLUMNS = (
    ("test_accuracy", "Test accuracy"),
    ("training_energy", "Training energy"),
    ("training_time", "Training time"),
    ("mean_power", "Mean power"),
    ("carbon", "Carbon"),
    ("parameters", "Parameters"),
)

#: Figures that are the same in every repetition.
_FIXED = frozenset({"parameters"})


def compose(runs: Sequence[Overview], *, charts: bool = True) -> str:
    """The page that compares runs, from their overviews."""
    groups = grouped([run for run in runs if run["status"] == "done"])
    others = [run for run in runs if run["status"] != "done"]
    names = list(dict.fromkeys(run["name"] for run in runs))
    drawn = _draw(groups) if charts else None
    title = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''} compared"
    many = (
        f"{_counted(len(runs), 'run')} of {_counted(len(groups), 'request')}" if groups else _counted(len(runs), "run")
    )
    return page(
        f"{title} – CNNGen",
        tag("header", tag("h1", title), tag("p", many)),
        caveats(_caveats(groups, others)),
        section("Figures", _figures(groups)) if groups else "",
        section("Learning", no_charts() if drawn is None else _pictures(drawn["curves"])) if groups else "",
        section("Energy", picture(drawn["energy"], _energy_note(groups), wide=True)) if drawn else "",
        section("What differs", _differences(groups)),
        section("Runs", _runs(groups, others)),
    )


def _caveats(groups: Sequence[Group], others: Sequence[Overview]) -> list[str]:
    told = []
    single = [group.label for group in groups if len(group.runs) == 1]
    if single:
        alone = len(single) == len(groups)
        head = (
            "None was repeated" if alone else f"{_listed(single)} {'was' if len(single) == 1 else 'were'} not repeated"
        )
        told.append(
            f"{head}: a single run has no interval, and its difference to another may be chance. "
            "Train again with another seed to know."
        )
    if any(len(group.runs) > 1 for group in groups):
        told.append(
            "An interval is Student's for the mean, at 95 % confidence: it supposes that repetitions scatter normally, "
            "and a few of them make it wide."
        )
    runs = [run for group in groups for run in group.runs]
    busy = sum(bool(run["contended"]) for run in runs)
    if busy:
        told.append(
            f"{busy} of {_counted(len(runs), 'run')} trained while other processes were at work: "
            "times and energies of a busy machine scatter more."
        )
    if len({(settings(run).get("Processor"), settings(run).get("Trained on")) for g in groups for run in g.runs}) > 1:
        told.append("The runs were made on different machines or devices: their times and energies do not compare.")
    if len({images(run) for run in runs}) > 1:
        told.append("The runs used different data sets: their accuracies do not compare.")
    if any(group.source("training_energy") not in (None, "measured") for group in groups):
        told.append("Energies that are not measured can be off by some 40 %, on one machine in the same direction.")
    if others:
        have = "has" if len(others) == 1 else "have"
        told.append(f"{_counted(len(others), 'run')} {have} not come to an end: the list of runs says which.")
    return told


def _figures(groups: Sequence[Group]) -> Html:
    shown = [(key, head) for key, head in _COLUMNS if any(group.spread(key) for group in groups)]
    rows = [
        (
            joined((group.label, tag("div", _counted(len(group.runs), "run"), class_="how"))),
            *(_cell(group, key) for key, _ in shown),
        )
        for group in groups
    ]
    return table(_caption(groups), ("", *(head for _, head in shown)), rows)


def _caption(groups: Sequence[Group]) -> str:
    repeated = any(len(group.runs) > 1 for group in groups)
    return (
        "Medians, and below each the interval of the mean where a request was repeated"
        if repeated
        else "Figures side by side"
    )


def _cell(group: Group, key: str) -> str:
    found = group.spread(key)
    if found is None:
        return "–"
    name, shares = group.source(key), group.shares(key)
    text = readable(key, found["median"], name)
    if shares:
        text = joined((text, " ", source(name, shares_text(shares))))
    if found["ci95_low"] is None or key in _FIXED:
        return text
    low, high = (readable(key, _possible(key, found[end]), name) for end in ("ci95_low", "ci95_high"))
    if low == high:
        return joined((text, tag("div", "in every run", class_="how")))
    number, _, unit = low.partition(" ")
    interval = f"{number if high.endswith(f' {unit}') else low} – {high}"
    return joined((text, tag("div", interval, class_="how")))


def _possible(key: str, value: float) -> float:
    """An end of an interval, which knows nothing of what a figure can be."""
    return min(max(value, 0.0), 1.0 if key == "test_accuracy" else math.inf)


def readable(key: str, value: float, source: str | None) -> str:
    """A figure of the table as text, with the digits that its source is worth."""
    digits = DIGITS[source or "constant"]
    match key:
        case "test_accuracy":
            return percent(value)
        case "training_energy":
            return watt_hours(value / 1000.0, source or "constant")
        case "training_time":
            return duration(value)
        case "mean_power":
            return f"{significant(value, digits)} W"
        case "carbon":
            return f"{significant(value * 1e6, digits)} mg" if value < 1e-3 else f"{significant(value * 1e3, digits)} g"
        case _:
            return f"{value:,.0f}"


def _draw(groups: Sequence[Group]) -> dict[str, Any] | None:
    try:
        from cnngen.runtime.report import pictures
    except ImportError:
        return None
    rows = []
    for group in groups:
        total = group.spread("training_energy")
        if total:
            low, high = total["ci95_low"], total["ci95_high"]
            interval = None if low is None else (_possible("training_energy", low), high)
            text = readable("training_energy", total["median"], group.source("training_energy"))
            rows.append((group.label, _components(group), interval, text))
    return {
        "curves": pictures.overlaid_curves([(group.label, group.runs) for group in groups]),
        "energy": pictures.energy_of_groups(rows),
    }


def _components(group: Group) -> dict[str, float]:
    """Watt-hours of each component in the training of the run that is the median one, or of the two in the middle."""
    ordered = sorted(group.runs, key=lambda run: value(run, "training_energy") or 0.0)
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    trainings = [row for run in middle for row in run["phases"] if row["phase"] == "train"]
    return {name: sum(row[f"{name}_wh"] for row in trainings) / len(middle) for name in ("cpu", "gpu", "ram")}


def _pictures(curves: Iterable[Html]) -> Html:
    return tag("div", *(picture(svg) for svg in curves), class_="charts")


def _energy_note(groups: Sequence[Group]) -> str:
    if all(len(group.runs) == 1 for group in groups):
        return "Energy of the training windows."
    return "Energy of the training windows of the median run; the bracket below a bar is the interval of the mean."


def _differences(groups: Sequence[Group]) -> Html:
    found = [settings(group.runs[0]) for group in groups]
    keys = [key for key in SETTINGS if len({own.get(key) for own in found}) > 1]
    if not keys:
        return Html()
    rows = ((group.label, *(own.get(key, "–") for key in keys)) for group, own in zip(groups, found, strict=True))
    return table("Settings that are not the same", ("", *keys), rows, text=range(1, len(keys) + 1))


def _runs(groups: Sequence[Group], others: Sequence[Overview]) -> Html:
    rows = []
    for label, run in [
        *((group.label, run) for group in groups for run in group.runs),
        *((r["name"], r) for r in others),
    ]:
        shown = {figure["key"]: figure["text"] for figure in run["figures"]}
        accuracy, energy = shown.get("test_accuracy", "–"), shown.get("training_energy", "–")
        began = readable_time(run["began_utc"]) if run["began_utc"] else "–"
        rows.append((tag("code", run["id"]), label, run["status"], began, accuracy, energy))
    head = ("Run", "Of", "Status", "Begun", "Test accuracy", "Training energy")
    return table("All runs of this page", head, rows, text=(1, 2, 3))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
