"""Reports of runs: `report.html` for one, and a comparison of several. Each is one file that opens anywhere, offline.

The pages are composed from `cnngen.runtime.overview` with the standard library alone. Their charts are drawn by
matplotlib where that is installed: in the worker's interpreter or by the command line, never in the server.
"""

from __future__ import annotations

from pathlib import Path

from cnngen.runtime import record


def write(run_dir: Path, *, charts: bool = False) -> Path:
    """Write the report of a run beside its record, and return the page's path.

    With `charts` matplotlib is imported, which takes half a second.

    Raises OSError, and ValueError when there is no record that this version can read.
    """
    from cnngen.runtime.overview import overview
    from cnngen.runtime.report import run

    told = overview(run_dir)
    path = Path(run_dir) / record.REPORT
    record.write_text(path, run.compose(run_dir, told, charts=charts))
    return path
