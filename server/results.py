"""The last results of programs, read from their runs' folders: each record once, and again when it has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.language import Analysis
from cnngen.runtime.wording import watt_hours, worst
from cnngen.server.features.lenses import LastResult

if TYPE_CHECKING:
    from cnngen.runtime.runs import Run


@dataclass(frozen=True, slots=True)
class _Finished:
    """A finished run: the network's hash, the program's text, and its result, which is yet to be called current."""

    hash: str
    text: str
    result: LastResult


class Results:
    """Finds the last result of a program. `last` reads files, so it belongs into a thread; it may run in several."""

    def __init__(self) -> None:
        #: By folder, with the time at which it last changed, in nanoseconds.
        self._listings: dict[tuple[Path, str], tuple[int, list[Run]]] = {}
        self._records: dict[Path, tuple[int, _Finished | None]] = {}

    def last(self, runs_dir: Path, analysis: Analysis) -> LastResult | None:
        """The newest finished run of this network; else of the newest earlier text of the program; None without one."""
        network, earlier = analysis.network, None
        for run in self._runs(runs_dir, network.name):
            finished = self._finished(run.path)
            if finished is None:
                continue
            # The hash of a program whose images are known only to the training differs from its text's.
            if finished.text == analysis.text or (analysis.ok and finished.hash == network.hash):
                return finished.result
            earlier = earlier or finished.result
        return _of_earlier_text(earlier) if earlier else None

    def _runs(self, runs_dir: Path, program: str) -> list[Run]:
        from cnngen.runtime import runs_of

        try:
            changed = runs_dir.stat().st_mtime_ns
            known = self._listings.get((runs_dir, program))
            if known is None or known[0] != changed:
                known = self._listings[runs_dir, program] = changed, runs_of(program, runs_dir)
        except OSError:
            return []
        return known[1]

    def _finished(self, folder: Path) -> _Finished | None:
        try:
            # A record is replaced as a whole, which changes its folder.
            changed = folder.stat().st_mtime_ns
            known = self._records.get(folder)
            if known is None or known[0] != changed:
                known = self._records[folder] = changed, _read(folder)
        except OSError:
            return None
        return known[1]


def _read(folder: Path) -> _Finished | None:
    """The record of a run if that is finished. A folder may hold anything: what is no sound record is passed over."""
    from cnngen.runtime import load_result

    try:
        record = load_result(folder)
        if record["status"] != "done":
            return None
        report = folder / "report.md"
        result = LastResult(
            accuracy=float(record["quality"]["test_accuracy"]),
            energy=_energy(record["energy"]),
            ended=datetime.fromisoformat(record["run"]["ended_utc"]).astimezone(),
            report=report if report.exists() else None,
            current=True,
        )
        text = (folder / "program.cnn").read_bytes().decode("utf-8")
        return _Finished(str(record["program"]["hash"]), text, result)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _energy(energy: dict[str, Any] | None) -> str | None:
    if not energy or not energy["training"]["windows"]:
        return None
    source = worst(energy, energy["training"])
    return f"{watt_hours(energy['training']['energy_total_kwh'], source)} to train ({source})"


def _of_earlier_text(result: LastResult) -> LastResult:
    return LastResult(result.accuracy, result.energy, result.ended, result.report, current=False)
