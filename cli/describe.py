"""`cnngen describe`: the layers of a program with their shapes and costs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import ExitCode
from cnngen.cli.output import Format, Style, aligned, painter, visible, write, write_json

if TYPE_CHECKING:
    from cnngen.language import Network


def describe(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A program; '-' is standard input.")],
    format: Annotated[Format, typer.Option(help="A table for people, or the network as JSON.")] = Format.TEXT,
) -> None:
    """Show the layers with output shape, parameters and multiply-accumulates (MACs).

    A program with errors is described as far as it is sound; the exit code is then 1.
    """
    from cnngen.cli.render import report
    from cnngen.cli.sources import read
    from cnngen.language import analyse

    source = read(file)
    analysis = analyse(source.text, name=source.name)
    if format is Format.JSON:
        from cnngen.codegen import network_json

        write_json(network_json(analysis))
    else:
        report(analysis, source.label)
        write(table(analysis.network))
    if not analysis.ok:
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)


def table(network: Network) -> str:
    """The network as an aligned table with its totals."""
    paint = painter(sys.stdout)
    names = {node.id: node.name for node in network.nodes}
    # Most layers read the one above; the last column is for those that do not.
    rows: list[tuple[str, ...]] = [("layer", "output", "parameters", "MACs", "reads")]
    for node, above in zip(network.nodes, (None, *network.nodes), strict=False):
        chained = above is None or node.inputs == (above.id,)
        reads = "" if chained else ", ".join(visible(names.get(number, "?")) for number in node.inputs)
        shape = " x ".join(map(str, node.shape))
        rows.append((visible(node.name), shape, f"{node.params:,}", f"{node.macs:,}", reads))
    totals = network.totals
    rows.append((f"total: {totals.layers:,} layers", "", f"{totals.params:,}", f"{totals.macs:,}", ""))
    if not any(row[-1] for row in rows[1:]):
        rows = [(*row[:-1], "") for row in rows]
    head, *body, total = aligned(rows, right=(2, 3))
    rule = paint(Style.DIM, "-" * max(map(len, (head, *body, total))))
    dataset = f"data set {network.dataset}, " if network.dataset else ""
    memory = f"{totals.activation_bytes / 1024:,.1f} KiB of layer outputs for one sample"
    return "\n".join(
        (
            paint(Style.STRONG, visible(network.name)),
            visible(f"{dataset}{network.classes} classes, {memory}"),
            "",
            paint(Style.DIM, head),
            rule,
            *body,
            rule,
            paint(Style.STRONG, total),
        )
    )
