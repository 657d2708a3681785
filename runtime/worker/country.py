"""The carbon intensity of a country's electricity, from the table that CodeCarbon ships."""

from __future__ import annotations

from dataclasses import dataclass

from cnngen.runtime.worker.errors import RunError


@dataclass(frozen=True)
class Country:
    """A country's grid: grams of CO2-equivalent per kilowatt-hour, and the year the figure is for."""

    iso3: str
    name: str
    intensity_g_per_kwh: float
    year: int


def find_country(code: str) -> Country:
    """The grid of the country with the ISO 3166-1 alpha-3 `code`, such as FRA.

    Raises RunError for a code that is not in the table: CodeCarbon itself would silently take the world's mean.
    """
    from codecarbon.input import DataSource

    table = DataSource().get_global_energy_mix_data()
    entry = table.get(code.strip().upper())
    if entry is None:
        raise RunError(f'There is no country "{code}" in the carbon table; {_advice(code, table)}')
    return Country(entry["iso_code"], entry["country_name"], float(entry["carbon_intensity"]), int(entry["year"]))


def _advice(code: str, table: dict[str, dict[str, object]]) -> str:
    """What the user may have meant: countries whose name or code begins like what was given."""
    wanted = code.strip().lower()
    meant = [
        f"{iso3} ({entry['country_name']})"
        for iso3, entry in table.items()
        if wanted and (iso3.lower().startswith(wanted) or str(entry["country_name"]).lower().startswith(wanted))
    ]
    if meant:
        return "did you mean " + " or ".join(meant[:3]) + "?"
    return "give the three-letter ISO code, such as FRA for France or DEU for Germany."
