"""`cnngen predictor`: know a network's accuracy and cost before it is trained."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import CannotWork, ExitCode, explained
from cnngen.cli.output import Format, aligned, visible, write, write_json

if TYPE_CHECKING:
    from cnngen.search.predictors.evaluation.experiment import Result
    from cnngen.search.predictors.evaluation.plans import Plan
    from cnngen.search.predictors.predictor import Prediction, Predictor

predictor = typer.Typer(help="Know a network's accuracy and cost before it is trained.", no_args_is_help=True)

#: The interval that is told with a prediction.
_LEVEL = 0.9

Names = Annotated[list[str] | None, typer.Option("--predictor", "-p", help="Only this one; repeatable.")]
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
        from cnngen.search.predictors.predictor import load

        asked = load(folder)
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
            said = asked.predict(architectures)
            (_tell if format is Format.TEXT else _tell_json)(asked, labels, said)
    if not sound:
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)


def _tell(asked: Predictor, labels: list[str], said: Prediction) -> None:
    low, high = said.interval(_LEVEL)
    unit = f"{asked.target.name}, {asked.target.unit}"
    rows: list[tuple[str, ...]] = [("program", unit, f"{_LEVEL:.0%} of measured values are expected within")]
    for label, mean, first, last in zip(labels, said.mean, low, high, strict=True):
        rows.append((visible(label), f"{mean:.3g}", f"{first:.3g} to {last:.3g}"))
    write("\n".join(aligned(rows, right=(1,))))


def _tell_json(asked: Predictor, labels: list[str], said: Prediction) -> None:
    low, high = (bound.tolist() for bound in said.interval(_LEVEL))
    told = zip(labels, said.mean.tolist(), said.std.tolist(), low, high, strict=True)
    names = ("program", "mean", "std", "low", "high")
    write_json(
        {
            "predictor": asked.name,
            "target": asked.target.name,
            "unit": asked.target.unit,
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
    everything: Annotated[bool, typer.Option("--all", help="Both, every predictor.")] = False,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Results and report.")] = Path(
        "evaluation"
    ),
    names: Names = None,
    figures: Annotated[
        list[str] | None, typer.Option("--figure", "-f", help="Only this one; may be given again.")
    ] = None,
    sizes: Annotated[
        list[int] | None,
        typer.Option("--size", min=8, help="Networks to learn from, besides 80 %; repeatable."),
    ] = None,
    repetitions: Annotated[int, typer.Option(min=1, help="How often each is fitted.")] = 10,
    seed: Seed = 0,
) -> None:
    """Compare predictors as the paper does, and write a report. What is there already is not computed again."""
    with explained():
        from cnngen.search.predictors.evaluation.experiment import run
        from cnngen.search.predictors.evaluation.report import Shown, compose
        from cnngen.search.predictors.predictor import MODULES, named

        for name in names or ():
            named(name)
        chosen = _plans(export, tables or everything, figures, sizes)
        if not chosen:
            raise CannotWork("There is nothing to compare: name a published set, or --tables for the public ones.")
        shown = []
        for plan in chosen:
            experiment = plan.experiment(names or list(MODULES), repetitions, seed)
            if experiment is None:  # a set need not have every figure
                continue
            results = run(experiment, output / "results.jsonl", _progress)
            reached = dict(zip((size for size in plan.sizes if size), plan.to_reach, strict=False))
            shown.append(Shown(experiment.name, results, reached))
        if not shown:
            raise CannotWork(f"{export} has none of these figures: {', '.join(plan.figure for plan in chosen)}.")
        _write_page(output / "report.html", compose(shown, shlex.join(["cnngen", *sys.argv[1:]])))
    write(f"The report is {output / 'report.html'}")


def _plans(export: Path | None, tables: bool, figures: list[str] | None, sizes: list[int] | None) -> list[Plan]:
    from cnngen.search.predictors.evaluation.plans import PUBLIC, of_set

    own = list(of_set(export, (*sorted(sizes or ()), None))) if export else []
    chosen = [*own, *(PUBLIC if tables else ())]
    known = [plan.figure for plan in chosen]
    for figure in figures or ():
        if figure not in known:
            raise CannotWork(f"There is no figure {figure!r} to compare; there are {', '.join(known)}.")
    return [plan for plan in chosen if not figures or plan.figure in figures]


def _progress(result: Result) -> None:
    """A line for each result, where somebody looks."""
    if sys.stderr.isatty():
        told = f"{result.experiment}, {result.predictor}, {result.train:,} networks, repetition {result.repetition + 1}"
        write(f"{told}: tau {result.scores.tau:.3f}", sys.stderr)


def _write_page(file: Path, text: str) -> None:
    from cnngen.runtime import record

    try:
        record.write_text(file, text)
    except OSError as error:
        raise CannotWork(f"{file} cannot be written: {error.strerror or error}.") from error
