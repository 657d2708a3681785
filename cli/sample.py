"""`cnngen sample`: draw networks from the grammar."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import CannotWork, explained
from cnngen.cli.output import aligned, write

if TYPE_CHECKING:
    from cnngen.search.diversity.figures import Space
    from cnngen.search.sampling.configuration import Configuration
    from cnngen.search.sampling.drawing import Draw
    from cnngen.search.sampling.population import Tally

_RANGE = "LOW:HIGH"


def sample(
    count: Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="How many networks.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the networks are.")] = Path(
        "networks"
    ),
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files, on every machine.")] = 0,
    preset: Annotated[str | None, typer.Option(help="What to draw from: default, or paper.")] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A TOML file that says otherwise; see --print-config.")
    ] = None,
    layers: Annotated[str | None, typer.Option(metavar=_RANGE, help="Only networks with so many layers.")] = None,
    depth: Annotated[str | None, typer.Option(metavar=_RANGE, help="... on the longest way through them.")] = None,
    parameters: Annotated[str | None, typer.Option(metavar=_RANGE, help="Only with so many parameters.")] = None,
    macs: Annotated[str | None, typer.Option(metavar=_RANGE, help="Only with so many MACs.")] = None,
    activation_bytes: Annotated[
        str | None, typer.Option(metavar=_RANGE, help="Only with outputs of so many bytes an image.")
    ] = None,
    uniform: Annotated[
        str | None, typer.Option(metavar="MEASURE", help="Make sizes equally common: by layers, depth, parameters ...")
    ] = None,
    bins: Annotated[int, typer.Option(min=2, max=1000, help="Sizes that are told apart by --uniform.")] = 10,
    verify: Annotated[
        bool, typer.Option("--verify", help="Have the language analyse every network, not a random sample of them.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, help="With --verify: processes that analyse.")] = 1,
    report: Annotated[
        bool, typer.Option("--report", help="Tell how diverse the networks are, in DIR/report.html too.")
    ] = False,
    print_config: Annotated[bool, typer.Option("--print-config", help="Write the configuration and stop.")] = False,
) -> None:
    """Draw N different networks from the grammar, with every hyper-parameter written.

    A range such as 10e3:1e6 may leave out an end. With --report and without N, tells of the networks in DIR.
    """
    from cnngen.search.sampling.configuration import as_text

    ranges = {
        "layers": layers,
        "depth": depth,
        "parameters": parameters,
        "macs": macs,
        "activation_bytes": activation_bytes,
    }
    with explained():
        configuration = _configuration(preset, config, ranges)
        if print_config:
            write(as_text(configuration).rstrip())
            return
        if count is not None:
            if jobs > 1 and not verify:
                raise CannotWork("--jobs spreads the analysis of all networks over processes; add --verify.")
            _draw(configuration, count, seed, output, uniform, bins, jobs if verify else 0)
        elif not report:
            raise CannotWork("Say how many networks to draw, such as: cnngen sample 100 -o networks.")
        if report:
            _report(output)


def _configuration(preset: str | None, file: Path | None, ranges: dict[str, str | None]) -> Configuration:
    """The configuration that the options ask for."""
    from cnngen.search.sampling import configuration as c

    if file and preset:
        raise CannotWork(f'Give --config or --preset; {file} may begin with preset = "{preset}".')
    configuration = c.read_configuration(file) if file else c.preset(preset or "default")
    given = {name: _range(name, text) for name, text in ranges.items() if text is not None}
    return replace(configuration, conditions=replace(configuration.conditions, **given))


def _range(name: str, text: str) -> tuple[float, float]:
    low, colon, high = text.partition(":")
    try:
        pair = float(low or 0), float(high or "inf")
    except ValueError:
        pair = 1.0, 0.0
    if not colon or not 0 <= pair[0] <= pair[1]:
        raise CannotWork(f'--{name.replace("_", "-")} takes a range such as 10e3:1e6, 100: or :1e6, not "{text}".')
    return pair


def _draw(
    configuration: Configuration, count: int, seed: int, output: Path, uniform: str | None, bins: int, jobs: int
) -> None:
    """Draw and write. With no `jobs` a random sample is analysed, otherwise all, in so many processes."""
    from cnngen.language.collector import paused_collector
    from cnngen.search.sampling import population as p
    from cnngen.search.sampling.folder import open_folder, save

    if uniform is not None and uniform not in p.MEASURES:
        raise CannotWork(f'Networks can be uniform by {", ".join(p.MEASURES)}, not by "{uniform}".')
    sizes = p.Uniform(uniform, bins) if uniform else None
    population = p.Population(configuration, count, seed, sizes)
    open_folder(output, configuration, count, seed, sizes)
    began = time.monotonic()
    sound = p.verified(population, jobs) if jobs else p.spot_checked(population, count, seed)
    with paused_collector():  # neither draws nor analyses make cycles
        for _ in _shown(save(output, sound), count):
            pass
    took = time.monotonic() - began
    analysed = count if jobs else p.analysed_of(count)
    told = "all analysed" if analysed == count else f"{analysed:,} analysed"
    write(f"{count:,} networks in {output} ({_spent(population.tally)}; {told}; {took:.1f} s)")


def _spent(tally: Tally) -> str:
    """How many draws it took, and why they were more than the networks."""
    parts = [f"{number:,} {reason}" for reason, number in sorted(tally.rejected.items())]
    if tally.duplicates:
        parts.append(f"{tally.duplicates:,} drawn before")
    if tally.surplus:
        parts.append(f"{tally.surplus:,} of a size that was full")
    return f"{tally.draws:,} draws" + (f": {', '.join(parts)}" if parts else "")


def _shown(draws: Iterable[Draw], count: int) -> Iterator[Draw]:
    """Tell a terminal how far it is."""
    terminal = sys.stderr.isatty()
    shown = time.monotonic() + 1.0
    for number, drawn in enumerate(draws, 1):
        if terminal and time.monotonic() >= shown:
            sys.stderr.write(f"\r{number:,} of {count:,}")
            sys.stderr.flush()
            shown = time.monotonic() + 0.25
        yield drawn
    if terminal:
        sys.stderr.write("\r\x1b[K")


def _report(folder: Path) -> None:
    """Tell how diverse the networks of a folder are."""
    from cnngen.search.diversity import text
    from cnngen.search.diversity.figures import space_of_files
    from cnngen.search.diversity.published import published_spaces
    from cnngen.search.sampling.folder import programs

    here = space_of_files("these", f"the networks in {folder.name}", programs(folder))
    spaces = [here, *published_spaces()]
    for table in (text.rows(spaces), text.kinds(spaces)):
        write("")
        columns = len(table[0])
        for line in aligned(table, right=tuple(range(2 if table[0][1] == "" else 1, columns))):
            write(line)
    write("")
    page = _page(folder, spaces)
    write(f"The same with charts: {page}" if page else 'For charts install matplotlib: pip install "cnngen[train]".')


def _page(folder: Path, spaces: list[Space]) -> Path | None:
    """Write the page, where matplotlib is installed."""
    try:
        from cnngen.search.diversity.page import compose
    except ModuleNotFoundError:
        return None
    from cnngen.runtime import record

    path = folder / "report.html"
    try:
        record.write_text(path, compose(f"How diverse: {folder.resolve().name}", spaces, None))
    except OSError as error:
        raise CannotWork(f"{path} cannot be written: {error.strerror or error}.") from error
    return path
