"""Everything about one run as plain data: what the editor's panel and the reports show, worked out in one place.

Works on a run that is still going on, on one that failed, and on a record that lacks parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.driving import living
from cnngen.runtime.overview.caveats import caveats, doubts
from cnngen.runtime.overview.completing import completed
from cnngen.runtime.overview.figures import figures
from cnngen.runtime.overview.files import files, load_object
from cnngen.runtime.overview.layers import network
from cnngen.runtime.overview.power import power
from cnngen.runtime.overview.repeating import command
from cnngen.runtime.overview.repeats import request_of
from cnngen.runtime.overview.spending import components, cross_check, forecast, history, inference, phases
from cnngen.runtime.overview.surroundings import surroundings
from cnngen.runtime.wording import epochs

__all__ = ["overview"]


def overview(run_dir: Path) -> dict[str, Any]:
    """A run as data that JSON can say, with texts for people beside the values.

    Durations are in seconds (`_s`), energies in watt-hours (`_wh`), powers in watts (`_w`), shares of 1 (`share`,
    accuracies). A `text` is rounded to the digits that its source is worth; where nothing is known stands None.

    - `id`, `directory`, `name`, `status` (running or waiting while it lives), `message` (why it did not end
      well), `began_utc`, `ended_utc`, `network_hash`, `epochs_planned`, `epochs_executed`
    - `request`: a digest that repetitions of a run share
    - `contended`: other processes were at work while it trained; `indicative`: the training was too short for its
      energy to be more than a hint; None where nobody looked
    - `figures`: the headline figures in order: `key`, `label`, `value`, `unit`, `text`, `source` (measured, modelled,
      constant, absent: the weakest of which it has a share; None where it is not about energy), `shares` of 1 by
      source and `source_text` that says them, and `how` it came about
    - `history`: one row an epoch; `phases`: time and energy of each phase; `components`: where the watts of CPU, GPU
      and RAM come from, with their share of the training's energy; `cross_check`: the measured ones read twice
    - `inference`: energy and latency of a prediction at each batch size; `forecast`: the last one of the whole run
    - `power`: the trace, thinned to at most 2,000 points; then `power_thinned_from` is their number before
    - `network`: layers, parameters, MACs; `layers`: the costliest of the `layers_costly` that cost anything
    - `surroundings`: data, training, software, machine and meter as tables of labels and texts
    - `caveats`: sentences that belong to the figures; `files`; `repeat`: the command that does it again,
      `repeat_here` from inside the folder

    Raises:
        OSError: there is no record.
        ValueError: the record is none that this version can read.
    """
    found = record.read(run_dir)
    try:
        return _compose(Path(run_dir), found)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"{Path(run_dir) / record.RESULT} holds what no run writes ({error!r}).") from error


def _compose(run_dir: Path, found: dict[str, Any]) -> dict[str, Any]:
    result = completed(found, run_dir.name)
    provenance = load_object(run_dir / record.PROVENANCE)
    points, thinned_from = power(run_dir / record.POWER)
    run, program, training = result["run"], result["program"], result["training"]
    shown: dict[str, Any] = {
        "id": run["id"],
        "directory": str(run_dir),
        "name": program["name"],
        "status": _status(result, run_dir),
        "message": _message(result),
        "began_utc": run["started_utc"],
        "ended_utc": run["ended_utc"],
        "network_hash": program["hash"],
        "request": request_of(result),
        "epochs_planned": training["epochs"],
        "epochs_executed": run["epochs_executed"],
        **doubts(result),
        "figures": figures(result),
        "history": history(result),
        "phases": phases(result),
        "components": components(result),
        "cross_check": cross_check(result),
        "inference": inference(result),
        "forecast": forecast(result),
        "power": points,
        "power_thinned_from": thinned_from,
        **network(result, load_object(run_dir / record.NETWORK)),
        "surroundings": surroundings(result, provenance),
        "caveats": caveats(result, provenance),
        "files": files(run_dir),
        "repeat": command(result, str(run_dir / record.PROGRAM)),
        "repeat_here": command(result, record.PROGRAM),
    }
    plain: dict[str, Any] = record.finite(shown)
    return plain


def _status(result: dict[str, Any], run_dir: Path) -> str:
    """The record's, or running or waiting while the worker is alive."""
    status = str(result["status"])
    return living.state(run_dir) or status if status == "unfinished" else status


def _message(result: dict[str, Any]) -> str | None:
    """Why a run did not come to its end."""
    if result["error"]:
        return str(result["error"]["message"])
    if result["status"] == "cancelled":
        return f"Stopped after {epochs(result['run']['epochs_executed'], result['training']['epochs'])}."
    return None
