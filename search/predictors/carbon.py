"""Carbon of energy: kilowatt-hours times the intensity of the grid of a country that somebody named."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache

from cnngen.runtime.driving.interpreter import ask, missing
from cnngen.runtime.errors import CannotTrain
from cnngen.search.errors import SearchError
from cnngen.search.predictors.predictor import TARGETS, Prediction, PredictorError, Target
from cnngen.search.predictors.tables.table import Column


@dataclass(frozen=True, slots=True)
class Grid:
    """A country's grid: grams of CO2-equivalent per kilowatt-hour, the year that is of, and who says so."""

    iso3: str
    name: str
    intensity_g_per_kwh: float
    year: int
    source: str = "CodeCarbon's table of national electricity mixes"

    def __str__(self) -> str:
        return f"{self.name}, {self.intensity_g_per_kwh:.0f} g/kWh in {self.year} by {self.source}"


@cache
def grid(country: str) -> Grid:
    """The grid of an ISO 3166-1 alpha-3 code, such as FRA, as a training with that country has it: asked of the worker,
    whose libraries know it. Raises SearchError: there is no such country, or the libraries are not installed.
    """
    try:
        found = ask(sys.executable, None, "probe", "--country", country)
        if found["missing"]:
            raise CannotTrain(missing(sys.executable, found["missing"]))
        if found["error"]:
            raise CannotTrain(found["error"])
    except CannotTrain as error:
        raise SearchError(str(error)) from error
    return Grid(**found["country"])


def carbon(energy: Column, grid: Grid) -> Column:
    """Emissions of energies. Of one country they order networks as the energies do: no tau tells more than energy's."""
    kilograms = grid.intensity_g_per_kwh / 1000
    return Column(f"emissions of training, {grid.iso3}", TARGETS["carbon"], energy.values * kilograms, energy.noise)


def emissions(target: Target, said: Prediction, grid: Grid) -> tuple[Target, Prediction]:
    """What a prediction of energies means in emissions. Raises PredictorError where it is not of energies."""
    if target != TARGETS["energy"]:
        raise PredictorError(
            f"A country makes carbon of energy, and this predictor tells {target.name}: fit one with --figure energy."
        )
    return TARGETS["carbon"], said.times(grid.intensity_g_per_kwh / 1000)
