"""`report.html` of one run: what came of it, on one page that opens anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.report import network
from cnngen.runtime.report.html import Html, facts, joined, table, tag
from cnngen.runtime.report.page import caveats, figures, page, picture, readable_time, section, source
from cnngen.runtime.wording import duration, percent, watt_hours

Overview = dict[str, Any]

#: The figures that stand above everything else; the others have a table.
HEADLINES = ("test_accuracy", "val_accuracy", "accuracy", "training_energy", "training_time", "carbon", "mean_power",
             "parameters")  # fmt: skip


#: Of a longer training, so many epochs at its beginning and at its end are in the table.
_ENDS = 100


def compose(run_dir: Path, told: Overview, *, charts: bool = True) -> str:
    """The page of a run's overview. Without charts, a sentence says what is missing and how to get it."""
    drawn = draw(told) if charts else None
    program = _text(run_dir / record.PROGRAM)
    others = [figure for figure in told["figures"] if figure["key"] not in HEADLINES]
    return page(
        f"{told['name']} – CNNGen",
        _header(told),
        figures(figure for figure in told["figures"] if figure["key"] in HEADLINES),
        caveats(told["caveats"]),
        _learning(told, drawn),
        _energy(told, drawn),
        network.section_of(told, run_dir),
        section("More figures", _more(others)) if others else "",
        section("Made of and made with", tag("div", *_surroundings(told), class_="surroundings")),
        _repeat(told, program),
        _files(told),
        _footer(told),
    )


def draw(told: Overview) -> dict[str, Any] | None:
    """The charts of a run; None where matplotlib is not installed."""
    try:
        from cnngen.runtime.report import pictures
    except ImportError:
        return None
    return {
        "curves": pictures.learning_curves(told),
        "phases": pictures.energy_by_phase(told),
        "power": pictures.power_trace(told),
    }


def no_charts() -> Html:
    """What stands in place of the charts."""
    return tag(
        "p",
        "The charts are missing. ",
        tag("code", "cnngen runs report"),
        " draws them, with matplotlib, which comes with ",
        tag("code", 'pip install "cnngen[train]"'),
        ".",
        class_="quiet",
    )


def _header(told: Overview) -> Html:
    kind = "failed" if told["status"] == "failed" else ""
    rows = [tag("span", told["status"], class_=f"status {kind}".strip())]
    began = told["began_utc"]
    data = {row["label"]: row["text"] for table in told["surroundings"] for row in table["rows"]}
    parts = [
        f"trained on {data['Data set']}" if "Data set" in data else "",
        f"begun {readable_time(began)}" if began else "",
    ]
    about = " · ".join(part for part in parts if part)
    failure = tag("p", told["message"], class_="failure" if kind else None) if told["message"] else ""
    return tag("header", tag("h1", told["name"]), tag("p", joined(rows), "  ", about), failure)


def _learning(told: Overview, drawn: dict[str, Any] | None) -> Html:
    history = told["history"]
    if not history:
        return Html()
    curves = drawn["curves"] if drawn else []
    charts = tag("div", *(picture(svg) for svg in curves), class_="charts") if curves else ""
    missing = no_charts() if drawn is None else ""
    energy = next((figure["source"] for figure in told["figures"] if figure["key"] == "training_energy"), "constant")
    head = ("Epoch", "Loss", "Accuracy", "Validation loss", "Validation accuracy", "Training time", "Training energy")
    if len(history) > 2 * _ENDS:
        name, shown = "Epochs", [*history[:_ENDS], *history[-_ENDS:]]
        caption = f"The first and the last {_ENDS} epochs; all are in {record.HISTORY}"
    else:
        name, shown, caption = "Every epoch", history, "Figures of each epoch"
    rows = table(caption, head, (_epoch(row, energy) for row in shown))
    summary = tag("summary", f"{name} ({len(history):,})")
    return section("Learning", missing, charts, tag("details", summary, rows))


def _epoch(row: dict[str, Any], source: str) -> Iterator[str]:
    """The cells of one epoch's row; `source` says how many digits its energy is worth."""
    yield str(row["epoch"])
    for name in ("", "val_"):
        loss, accuracy = row[f"{name}loss"], row[f"{name}accuracy"]
        yield "–" if loss is None else f"{loss:.4f}"
        yield "–" if accuracy is None else percent(accuracy)
    seconds, wh = row["train_duration_s"], row["train_energy_wh"]
    yield "–" if seconds is None else duration(seconds)
    yield "–" if wh is None else watt_hours(wh / 1000.0, source)


def _energy(told: Overview, drawn: dict[str, Any] | None) -> Html:
    if not told["phases"]:
        return Html()
    parts = [part["component"] for part in told["components"] if part["source"] != "absent"]
    head = ("Phase", "What happens", "Time", *(part.upper() for part in parts), "Together", "Mean power")
    rows = [
        (
            row["phase"],
            row["label"],
            row["duration_text"],
            *(row[f"{part}_text"] for part in (*parts, "total")),
            row["power_text"],
        )
        for row in told["phases"]
    ]
    sources = (
        (part["component"].upper(), source(part["source"]) or "absent", part["how"], network.share(part["share"]))
        for part in told["components"]
    )
    thinned = told["power_thinned_from"]
    note = f"{len(told['power']):,} points, the means of {thinned:,} readings." if thinned else ""
    return section(
        "Energy",
        picture(drawn["phases"], wide=True) if drawn else "",
        picture(drawn["power"], note, wide=True) if drawn else "",
        table("Time and energy of each phase; the phases follow one another and never overlap", head, rows, text=(1,)),
        table(
            "Where the watts come from",
            ("Component", "Source", "How", "Of the training's energy"),
            sources,
            text=(1, 2),
        ),
        _cross_check(told),
        _inference(told),
    )


def _cross_check(told: Overview) -> Html:
    rows = [
        (check["component"].upper(), check["how"], check["meter_text"], check["reader_text"], _ratio(check["ratio"]))
        for check in told["cross_check"]
    ]
    head = ("Component", "Counter", "CodeCarbon", "CNNGen's reader", "Ratio")
    caption = "The training's energy as two readers of one counter have it"
    return table(caption, head, rows, text=(1,)) if rows else Html()


def _ratio(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.3f}"


def _inference(told: Overview) -> Html:
    rows = [
        (
            f"{row['batch_size']}",
            row["energy_text"],
            row["energy_net_text"] or "–",
            row["latency_p50_text"] or "–",
            row["latency_p95_text"] or "–",
            row["throughput_text"] or "–",
            "a hint only" if row["indicative"] else "",
        )
        for row in told["inference"]
    ]
    head = (
        "Images at once",
        "Energy per image",
        "of it on top of idling",
        "Median time",
        "95th percentile",
        "Images",
        "",
    )
    if not rows:
        return Html()
    return table(f"Predictions, after the training; energy {told['inference'][0]['source_text']}", head, rows)


def _more(others: list[dict[str, Any]]) -> Html:
    rows = (
        (figure["label"], figure["text"], source(figure["source"], figure["source_text"]) or "–", figure["how"] or "")
        for figure in others
    )
    return table("Further figures of the run", ("Figure", "Value", "Source", "How it came about"), rows, text=(2, 3))


def _surroundings(told: Overview) -> Iterator[Html]:
    for group in told["surroundings"]:
        rows = ((row["label"], row["text"]) for row in group["rows"])
        yield tag("section", tag("h3", group["title"]), facts(rows))


def _repeat(told: Overview, program: str) -> Html:
    if not program:
        return Html()
    return section(
        "Do it again",
        tag("p", "With this program as ", tag("code", record.PROGRAM), ", the same command gives the same run:"),
        tag("div", tag("pre", tag("code", program)), class_="code"),
        tag("div", tag("pre", tag("code", told["repeat_here"]), class_="command"), class_="code"),
    )


def _files(told: Overview) -> Html:
    rows = ((tag("code", file["name"]), file["what"]) for file in told["files"])
    return section("Files", table("What lies in the run's folder", ("File", "What it holds"), rows, text=(1,)))


def _footer(told: Overview) -> Html:
    return tag("footer", tag("p", "Made by CNNGen from the record of the run ", tag("code", told["id"]), "."))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
