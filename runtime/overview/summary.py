"""What came of a run in a few lines, for a terminal and for messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.overview.completing import completed
from cnngen.runtime.overview.figures import Figure, figures

#: The figures of a summary, in order; the report has all.
_KEYS = ("test_accuracy", "val_accuracy", "accuracy", "test_loss", "training_time", "training_energy", "mean_power")

#: Those of which a summary also says how they came about.
_EXPLAINED = ("test_accuracy", "val_accuracy", "accuracy", "training_time", "training_energy", "carbon")


def summary(result: dict[str, Any], *, brief: bool = False) -> list[tuple[str, str]]:
    """What came of a run, as (label, text) lines for people. Takes any record, finished or not.

    Figures say how they came about, `brief` ones only from which sources.
    """
    whole = completed(result, "")
    found = {figure["key"]: figure for figure in figures(whole)}
    lines = [("Status", status(whole)), ("Network", _network(whole)), ("Data", _data(whole))]
    text = _briefly if brief else _text
    lines += [(found[key]["label"], text(found[key])) for key in _KEYS if key in found]
    if "run_time" in found and "training_time" in found:
        lines.append(("Whole run", f"{found['run_time']['text']}, {found['run_energy']['text']}"))
    if "carbon" in found:
        lines.append(("Carbon", text(found["carbon"])))
    if "directory" in result:
        report = Path(result["directory"]) / record.REPORT
        lines.append(("Report", str(report)) if report.exists() else ("Files", str(result["directory"])))
    return lines


def status(result: dict[str, Any]) -> str:
    """The status, with the reason of a failure."""
    error = result["error"]
    return f"{result['status']}: {error['message']}" if error else str(result["status"])


def _text(figure: Figure) -> str:
    if figure["source"] == "absent":
        return f"{figure['text']}: {figure['how']}"
    return f"{figure['text']} ({figure['how']})" if figure["key"] in _EXPLAINED and figure["how"] else figure["text"]


def _briefly(figure: Figure) -> str:
    return f"{figure['text']} ({figure['source_text']})" if figure["source"] not in (None, "absent") else figure["text"]


def _network(result: dict[str, Any]) -> str:
    network = result["network"]
    parts = [result["program"]["name"]]
    parts += [f"{network[key]:,} {unit}" for key, unit in _SIZES if network[key] is not None]
    return ", ".join(parts)


_SIZES = (("layers", "layers"), ("parameters", "parameters"), ("macs", "MACs"))


def _data(result: dict[str, Any]) -> str:
    data = result["data"]
    shape = "×".join(str(extent) for extent in data["shape"] or ())
    text = ", ".join(part for part in (str(data["name"]), shape, f"{data['classes']} classes") if part)
    if data["images_train"] is not None:
        text += (
            f"; {data['images_train']:,} images to train, {data['images_validation']:,} to validate, "
            f"{data['images_test']:,} to test"
        )
    return text
