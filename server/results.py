"""The last results of programs, found among their runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnngen.language import Analysis
from cnngen.runtime.record import REPORT
from cnngen.runtime.wording import watt_hours
from cnngen.server.features.lenses import LastResult

if TYPE_CHECKING:
    from cnngen.runtime.store import RunRow, RunStore


class Results:
    """Finds the last result of a program. `last` reads files, so it belongs into a thread; it may run in several."""

    def __init__(self) -> None:
        self._stores: dict[Path, RunStore] = {}

    def store(self, runs_dir: Path) -> RunStore:
        """The store of a folder of runs, which remembers what it has read."""
        from cnngen.runtime.store import RunStore

        return self._stores.setdefault(runs_dir, RunStore(runs_dir))

    def last(self, runs_dir: Path, analysis: Analysis) -> LastResult | None:
        """The newest finished run of this network; else of the newest earlier text of the program; None without one."""
        from cnngen.runtime.store import text_digest

        network, earlier = analysis.network, None
        text = text_digest(analysis.text)
        for run in self.store(runs_dir).newest(network.name):
            if run.status != "done" or run.ended is None or run.test_accuracy is None:
                continue
            # The hash of a program whose images are known only to the training differs from its text's.
            if run.text_sha256 == text or (analysis.ok and run.network_hash == network.hash):
                return _result(run, current=True)
            earlier = earlier or run
        return _result(earlier, current=False) if earlier else None


def _result(run: RunRow, *, current: bool) -> LastResult:
    assert run.test_accuracy is not None and run.ended is not None
    energy = None
    if run.energy_training_kwh is not None and run.energy_source:
        energy = f"{watt_hours(run.energy_training_kwh, run.energy_source)} to train ({run.energy_source})"
    report = run.path / REPORT
    return LastResult(
        accuracy=run.test_accuracy,
        energy=energy,
        ended=run.ended.astimezone(),
        folder=run.path,
        report=report if report.exists() else None,
        current=current,
    )
