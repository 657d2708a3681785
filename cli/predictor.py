"""`cnngen predictor`: know a network's accuracy and cost before it is trained."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import CannotWork, ExitCode, explained
from cnngen.cli.output import Format, aligned, visible, write, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnngen.search.predictors.carbon import Grid
    from cnngen.search.predictors.evaluation.experiment import Experiment, Result
    from cnngen.search.predictors.evaluation.plans import Plan
    from cnngen.search.predictors.evaluation.report import Shown
    from cnngen.search.predictors.predictor import Prediction, Predictor, Target

predictor = typer.Typer(help="Know a network's accuracy and cost before it is trained.", no_args_is_help=True)

#: The interval that is told with a prediction.
_LEVEL = 0.9

#: A round of an evaluation that took so many seconds is followed by a page, for who looks meanwhile.
_PAGE_EVERY = 60

Names = Annotated[list[str] | None, typer.Option("--predictor", "-p", help="Only this one; repeatable.")]
Country = Annotated[
    str, typer.Option(metavar="ISO3", help="Carbon of this country's electricity, such as FRA, from the energy.")
]
Seed = Annotated[int, typer.Option(min=0, help="What all that is drawn at random follows from.")]


@predictor.command()
def fit(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="A folder that cnngen benchmark export wrote.")],
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the predictor is kept.")],
    name: Annotated[str, typer.Option("--predictor", "-p", help="Which; a name that is none lists them.")] = "boosting",
    figure: Annotated[
        str, typer.Option("--figure", "-f", help="What is predicted; a name that is none lists them.")
    ] = "accuracy",
    seed: Seed = 0,
) -> None:
    """Fit a predictor on a published set of trained networks, and keep it."""
    with explained():
        from cnngen.search.predictors.predictor import named
        from cnngen.search.predictors.tables.published import published

        kind = named(name)
        table = published(export)
        if figure not in table.columns:
            raise CannotWork(f"{export} has no figure {figure!r}; it has {', '.join(table.columns)}.")
        column = table.columns[figure]
        made = kind(column.target, seed=seed)
        made.fit(table.architectures, list(column.values))
        try:
            made.save(folder)
        except OSError as error:
            raise CannotWork(f"The predictor cannot be written to {folder}: {error.strerror or error}.") from error
    write(
        f"{name} learned {column.title} of {len(table):,} networks; ask it with: cnngen predictor predict {folder} FILE"
    )


@predictor.command()
def predict(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A predictor that cnngen predictor fit has kept.")],
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Programs, or folders of them.")],
    country: Country = "",
    format: Annotated[Format, typer.Option(help="For people, or as JSON.")] = Format.TEXT,
) -> None:
    """Say what programs will come to when they are trained as the networks were that the predictor learned from.

    A program with errors has no network to be asked about; the exit code is then 1.
    """
    with explained():
        from cnngen.cli.render import report
        from cnngen.cli.sources import read_all
        from cnngen.language import analyse
        from cnngen.search.predictors.architecture import Architecture
        from cnngen.search.predictors.carbon import emissions, grid
        from cnngen.search.predictors.predictor import load

        asked, where = load(folder), grid(country) if country else None
        labels, architectures, sound = [], [], True
        for source in read_all(files):
            if isinstance(source, CannotWork):
                raise source
            analysis = analyse(source.text, name=source.name)
            if not analysis.ok:
                report(analysis, source.label)
                sound = False
                continue
            labels.append(source.label)
            architectures.append(Architecture.of(analysis.network))
        if architectures:
            target, said = asked.target, asked.predict(architectures)
            if where:
                target, said = emissions(target, said, where)
            if format is Format.TEXT:
                _tell(target, labels, said, where)
            else:
                _tell_json(asked, target, labels, said, where)
    if not sound:
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)


def _tell(target: Target, labels: list[str], said: Prediction, where: Grid | None) -> None:
    low, high = said.interval(_LEVEL)
    unit = f"{target.name}, {target.unit}"
    rows: list[tuple[str, ...]] = [("program", unit, f"{_LEVEL:.0%} of measured values are expected within")]
    for label, mean, first, last in zip(labels, said.mean, low, high, strict=True):
        rows.append((visible(label), f"{mean:.3g}", f"{first:.3g} to {last:.3g}"))
    write("\n".join(aligned(rows, right=(1,))))
    if where:
        write(f"Predicted energy on the grid of {where}.")


def _tell_json(asked: Predictor, target: Target, labels: list[str], said: Prediction, where: Grid | None) -> None:
    low, high = (bound.tolist() for bound in said.interval(_LEVEL))
    told = zip(labels, said.mean.tolist(), said.std.tolist(), low, high, strict=True)
    names = ("program", "mean", "std", "low", "high")
    write_json(
        {
            "predictor": asked.name,
            "target": target.name,
            "unit": target.unit,
            "grid": asdict(where) if where else None,
            "level": _LEVEL,
            "predictions": [dict(zip(names, one, strict=True)) for one in told],
        }
    )


@predictor.command()
def evaluate(
    export: Annotated[
        Path | None, typer.Argument(metavar="[EXPORT]", help="A folder that cnngen benchmark export wrote.")
    ] = None,
    tables: Annotated[bool, typer.Option("--tables", help="On the public tables that CNNGEN_DATA names.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="On EXPORT, or else this project's own set, and on what tables there are.")
    ] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Results, which are gone on from, and report.")
    ] = Path("evaluation"),
    names: Names = None,
    figures: Annotated[
        list[str] | None, typer.Option("--figure", "-f", help="Only this one; may be given again.")
    ] = None,
    sizes: Annotated[
        list[int] | None,
        typer.Option(
            "--size",
            min=8,
            help="Networks to learn from, besides 80 %; repeatable. Of this project's own set: 32, 64 and 128.",
        ),
    ] = None,
    repetitions: Annotated[int, typer.Option(min=1, help="How often each is fitted.")] = 10,
    country: Country = "",
    seed: Seed = 0,
    report_only: Annotated[bool, typer.Option("--report", help="Fit nothing: a report of what there is.")] = False,
) -> None:
    """Compare predictors as the paper does, and write a report. What is there already is not computed again.

    Everything is fitted once before anything is fitted again, so an evaluation may be ended at any time: the report
    tells of as many repetitions as there are, and the same command goes on.
    """
    with explained():
        from cnngen.search.predictors.evaluation.experiment import run
        from cnngen.search.predictors.evaluation.report import compose
        from cnngen.search.predictors.predictor import MODULES, named

        for name in names or ():
            named(name)
        ours = everything and not export
        own = _own_set() if ours else export
        chosen = _plans(own, tables or everything, figures, sizes, country, curve=ours and not sizes)
        if country:
            _tell_grid(country)
        if not chosen:
            raise CannotWork("There is nothing to compare: name a published set, or --tables for the public ones.")
        planned = _experiments(chosen, names or list(MODULES), repetitions, seed, skip=everything)
        if not planned:
            hint = (
                "; of which country is the carbon? --country FRA" if "carbon" in (figures or ()) and not country else ""
            )
            raise CannotWork(f"{own} has none of these figures: {', '.join(plan.figure for plan in chosen)}{hint}.")
        page, command = output / "report.html", shlex.join(["cnngen", *sys.argv[1:]])
        progress = None if report_only else _progress([experiment for _, experiment in planned], output)
        results: list[Result] = []
        written = time.monotonic()
        for results in run([one for _, one in planned], output, progress or _nothing, compute=not report_only):
            if not report_only and time.monotonic() - written > _PAGE_EVERY:
                _write_page(page, compose(_shown(planned, results), command))
                written = time.monotonic()
        if not results:
            raise CannotWork(f"{output} has no results of this comparison yet: leave --report out to compute them.")
        _write_page(page, compose(_shown(planned, results), command))
    write(f"The report is {page}")


def _own_set() -> Path:
    own = Path("benchmarks/data/cifar10-16px")
    if not own.is_dir():
        raise CannotWork(f"There is no {own} here: name a published set, or start this where cnngen is developed.")
    return own


def _tell_grid(country: str) -> None:
    from cnngen.search.predictors.carbon import grid

    write(f"Carbon is energy on the grid of {grid(country)}; of one country, its tau is the energy's.", sys.stderr)


def _plans(
    export: Path | None,
    tables: bool,
    figures: list[str] | None,
    sizes: list[int] | None,
    country: str = "",
    *,
    curve: bool = False,
) -> list[Plan]:
    from cnngen.search.predictors.evaluation.plans import PUBLIC, of_set

    own = list(of_set(export, (*sorted(sizes or ()), None), country, curve=curve)) if export else []
    chosen = [*own, *(PUBLIC if tables else ())]
    known = [plan.figure for plan in chosen]
    for figure in figures or ():
        if figure not in known:
            raise CannotWork(f"There is no figure {figure!r} to compare; there are {', '.join(known)}.")
    return [plan for plan in chosen if not figures or plan.figure in figures]


def _experiments(
    chosen: list[Plan], names: list[str], repetitions: int, seed: int, *, skip: bool
) -> list[tuple[Plan, Experiment]]:
    """The comparisons whose data are here; with `skip`, a table that is not is told of and left out."""
    from cnngen.search.predictors.tables.table import NoTable, Table

    loaded: dict[object, Table] = {}
    planned = []
    for plan in chosen:
        if plan.load not in loaded:
            try:
                loaded[plan.load] = plan.load()
            except NoTable as absent:
                if not skip:
                    raise
                write(f"Left out: {absent}", sys.stderr)
                continue
        experiment = plan.experiment(loaded[plan.load], names, repetitions, seed)
        if experiment is not None:  # a set need not have every figure
            planned.append((plan, experiment))
    return planned


def _shown(planned: list[tuple[Plan, Experiment]], results: list[Result]) -> list[Shown]:
    from cnngen.search.predictors.evaluation.experiment import of
    from cnngen.search.predictors.evaluation.report import Shown

    return [Shown(one, of(one, results), plan.wanted, plan.paper) for plan, one in planned]


def _nothing(result: Result, computed: bool) -> None:
    """Who only wants the report need not hear of what it is made of."""


def _progress(experiments: list[Experiment], output: Path) -> Callable[[Result, bool], None]:
    """A line for each fit, with what is left."""
    from cnngen.search.predictors.evaluation.experiment import known_in, rounds
    from cnngen.search.predictors.evaluation.progress import Progress, duration

    progress = Progress((task for tasks in rounds(experiments) for task in tasks), known_in(output))
    whole = len(progress)
    if whole:
        write(f"{whole:,} fits to do.", sys.stderr)

    def told(result: Result, computed: bool) -> None:
        if not computed:
            return
        progress.add(result)
        left = progress.left()
        write(
            f"{progress.done:,} of {whole:,}, repetition {result.repetition + 1}: {result.experiment}, "
            f"{result.predictor} from {result.train:,}: tau {result.scores.tau:.3f}, {result.fit_cpu_s:.1f} s"
            + ("" if left is None else f"; about {duration(left)} left"),
            sys.stderr,
        )

    return told


def _write_page(file: Path, text: str) -> None:
    from cnngen.runtime import record

    try:
        record.write_text(file, text)
    except OSError as error:
        raise CannotWork(f"{file} cannot be written: {error.strerror or error}.") from error
