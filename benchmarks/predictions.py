"""Say how long the shipped predictor takes for a network: python benchmarks/predictions.py

Asked are all networks of the published set, and the samples, whose images are others, so that their text is analysed
once more on smaller ones. Each is asked several times; of these its median counts. Times are of the processor.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import process_time

from cnngen.language import Analysis, analyse
from cnngen.search.predictors.compact.shipped import shipped

ROOT = Path(__file__).resolve().parent.parent
NETWORKS = ROOT / "benchmarks/data/cifar10-16px/networks.jsonl"

#: What a prediction may take, in milliseconds.
BAR = 5.0


def milliseconds(analysis: Analysis, times: int) -> float:
    """The median time of a prediction."""
    model, found = shipped(), []
    for _ in range(times):
        began = process_time()
        model.predict(analysis)
        found.append(1000 * (process_time() - began))
    return median(found)


def row(title: str, analyses: Sequence[Analysis], times: int) -> str:
    """One line: median and maximum over networks."""
    each = [milliseconds(analysis, times) for analysis in analyses]
    answered = sum(shipped().predict(analysis) is not None for analysis in analyses)
    held = "held" if max(each) < BAR else "MISSED"
    return (
        f"{title}: {len(each)} networks, {answered} of them answered: median {median(each):.2f} ms, "
        f"at most {max(each):.2f} ms; under {BAR:g} ms: {held}"
    )


def main() -> None:
    """Print a line for the set and one for the samples."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=9)
    times = asked.parse_args().times
    programs = [json.loads(line)["program"] for line in NETWORKS.read_text(encoding="utf-8").splitlines()]
    samples = sorted((ROOT / "samples").glob("*.cnn"))
    print(row("networks of the set", [analyse(program) for program in programs], times))
    print(row("samples", [analyse(path.read_text(encoding="utf-8")) for path in samples], times))


if __name__ == "__main__":
    main()
