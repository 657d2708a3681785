"""The command line: which commands there are, and how every failure ends in one sentence and an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Annotated, NoReturn

import typer

from cnngen.cli.benchmark import benchmark
from cnngen.cli.check import check
from cnngen.cli.datasets import datasets
from cnngen.cli.describe import describe
from cnngen.cli.doctor import doctor
from cnngen.cli.errors import CannotWork, ExitCode, ReaderGone
from cnngen.cli.explain import explain
from cnngen.cli.export import export
from cnngen.cli.fmt import fmt
from cnngen.cli.generate import generate
from cnngen.cli.importing import import_model
from cnngen.cli.output import complain, write
from cnngen.cli.predictor import predictor
from cnngen.cli.report import report
from cnngen.cli.runs import register
from cnngen.cli.sample import sample
from cnngen.cli.serve import serve
from cnngen.cli.train import train

app = typer.Typer(
    name="cnngen",
    help="Convolutional networks from short texts: check, generate, train, and know what they cost.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help, whose paragraphs fit every width
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, fmt, explain, describe, generate, sample, train, datasets, doctor, serve):
    app.command()(command)
app.command("import")(import_model)

runs = typer.Typer(help="The runs that were made.", no_args_is_help=True)
register(runs)
runs.command()(export)
runs.command()(report)
app.add_typer(runs, name="runs")
app.add_typer(benchmark, name="benchmark")
app.add_typer(predictor, name="predictor")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        write(f"cnngen {version('cnngen')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Convolutional networks from short texts: check, generate, train, and know what they cost."""
    if context.invoked_subcommand is None:
        write(context.get_help())


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; never raises."""
    try:
        code = app(args=arguments, prog_name="cnngen", standalone_mode=False)
    except CannotWork as error:
        return _fail(str(error))
    except ReaderGone:
        # Python flushes standard output once more at its end and would complain about the closed pipe.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.CANNOT_WORK
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except Exception as error:
        return _fail(_explain(error))
    return code if isinstance(code, int) else ExitCode.OK


def _fail(sentence: str) -> int:
    with contextlib.suppress(ReaderGone):
        complain(sentence)
    return ExitCode.CANNOT_WORK


def _explain(error: Exception) -> str:
    """One sentence about an error: the parser's own for a bad command line, else a request to report it."""
    usage = getattr(error, "format_message", None)
    if usage is not None:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "cnngen"
        said = " ".join(usage().split()).replace("Value error, ", "")
        return f"{said if said.endswith(('.', '?')) else said + '.'} Try '{command} --help'."
    if os.environ.get("CNNGEN_DEBUG"):
        import traceback

        traceback.print_exception(error)
    return (
        f"An internal error stopped the work ({type(error).__name__}: {error}); please report it together with what "
        "CNNGEN_DEBUG=1 in the environment shows."
    )


def main() -> NoReturn:
    """The entry point of the `cnngen` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its number; that is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))
