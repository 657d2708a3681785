"""Say how well the costs of a published set can be ordered at best: python benchmarks/noise_ceiling.py [EXPORT]

Networks that were trained again tell how far two trainings of the same network lie apart. As often as --draws says, a
fifth of the set's networks is drawn, a test's share, and that noise is added to what they cost: Kendall's tau between
costs before and after is what a predictor that knows each network's true cost would reach against one training.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau

from cnngen.search.predictors.tables.published import FIGURES
from cnngen.search.publishing.loading import load_benchmark

ROOT = Path(__file__).resolve().parent.parent

#: Of the costs, those that a training has with or without a country.
COSTS = ("energy_cpu", "time_cpu", "energy", "time")


def main() -> None:
    """Print a line for each cost."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("export", type=Path, nargs="?", default=ROOT / "benchmarks/data/cifar10-16px")
    asked.add_argument("--draws", type=int, default=400)
    options = asked.parse_args()
    trials = load_benchmark(options.export).trials
    trials = trials[trials["state"] == "done"]
    for figure in COSTS:
        title, _, column = FIGURES[figure]
        drawn = trials[trials["role"] != "reference"]
        logs = np.log(drawn[column]).groupby(drawn["network_hash"])
        again = int((logs.size() - 1).sum())
        noise = float(np.sqrt((logs.var() * (logs.size() - 1)).sum() / again))
        told = logs.mean().to_numpy()
        # The measured costs spread farther than the true ones, by the noise.
        true = told.mean() + (told - told.mean()) * np.sqrt(max(1 - noise**2 / told.var(), 0))
        chance = np.random.default_rng(0)
        taus = []
        for _ in range(options.draws):
            some = chance.choice(true, round(0.2 * len(true)), replace=False)
            taus.append(kendalltau(some, some + chance.normal(0, noise, len(some))).statistic)
        print(
            f"{title}: trainings of one network differ by {noise:.1%} ({again} repeats); "
            f"tau at best {np.mean(taus):.3f} ± {np.std(taus):.3f}"
        )


if __name__ == "__main__":
    main()
