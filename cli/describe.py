"""`cnngen describe`: the layers of a program with their shapes and costs."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import ExitCode
from cnngen.cli.output import Style, aligned, columns, painter, visible, write, write_json

if TYPE_CHECKING:
    from cnngen.language import Network


class Form(StrEnum):
    """How a network is told."""

    TEXT = "text"
    JSON = "json"
    ADJACENCY = "adjacency"


def describe(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A program; '-' is standard input.")],
    format: Annotated[
        Form, typer.Option(help="A table for people, the network as JSON, or its adjacency matrix with labels as JSON.")
    ] = Form.TEXT,
) -> None:
    """Show the layers with their shapes and costs. `sees` is the part of the image that counts for a value.

    MACs are multiply-accumulates. A program with errors is described as far as it is sound; the exit code is then 1.
    """
    from cnngen.cli.render import report
    from cnngen.cli.sources import read
    from cnngen.language import analyse

    source = read(file)
    analysis = analyse(source.text, name=source.name)
    if format is not Form.TEXT:
        from cnngen.codegen import adjacency, network_json

        write_json(network_json(analysis) if format is Form.JSON else adjacency(analysis.network))
    else:
        report(analysis, source.label)
        write(table(analysis.network))
    if not analysis.ok:
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)


def table(network: Network) -> str:
    """The network as an aligned table with its totals."""
    from cnngen.language import costs, training_bytes

    paint = painter(sys.stdout)
    more = costs(network)
    names = {node.id: node.name for node in network.nodes}
    # Most layers read the one above; the last column is for those that do not.
    rows: list[tuple[str, ...]] = [("layer", "output", "sees", "parameters", "MACs", "reads")]
    for node, above, field in zip(network.nodes, (None, *network.nodes), more.receptive_fields, strict=False):
        chained = above is None or node.inputs == (above.id,)
        reads = "" if chained else ", ".join(visible(names.get(number, "?")) for number in node.inputs)
        shape = "×".join(map(str, node.shape))
        sees = f"{field[0]}×{field[1]}" if above else ""
        rows.append((visible(node.name), shape, sees, f"{node.params:,}", f"{node.macs:,}", reads))
    totals = network.totals
    rows.append((f"total: {totals.layers:,} layers", "", "", f"{totals.params:,}", f"{totals.macs:,}", ""))
    if not any(row[-1] for row in rows[1:]):
        rows = [(*row[:-1], "") for row in rows]
    head, *body, total = _fitting(rows)
    rule = paint(Style.DIM, "-" * max(map(len, (head, *body, total))))
    dataset = f"data set {network.dataset}, " if network.dataset else ""
    outputs = f"{_size(totals.activation_bytes)} of layer outputs for one image"
    training = network.training
    memory = _size(training_bytes(network))
    needs = f"training with {training.optimizer}, {training.batch_size} images a step: {memory} at least"
    return "\n".join(
        (
            paint(Style.STRONG, visible(network.name)),
            visible(f"{dataset}{network.classes} classes, longest path {more.longest_path:,} layers"),
            visible(f"{outputs}; {needs}, modelled"),
            "",
            paint(Style.DIM, head),
            rule,
            *body,
            rule,
            paint(Style.STRONG, total),
        )
    )


def _fitting(rows: list[tuple[str, ...]]) -> list[str]:
    """The table's lines. On a narrow terminal, what a layer reads and what it sees are left out."""
    width = columns(sys.stdout)
    wide = aligned(rows, right=(3, 4))
    if width is None or max(map(len, wide)) <= width:
        return wide
    middle = aligned([row[:-1] for row in rows], right=(3, 4))
    if max(map(len, middle)) <= width:
        return middle
    return aligned([(*row[:2], *row[3:5]) for row in rows], right=(2, 3))


def _size(count: int) -> str:
    """A number of bytes as people read it."""
    unit, scale = next(
        ((unit, scale) for unit, scale in (("GiB", 2**30), ("MiB", 2**20)) if count >= scale), ("KiB", 2**10)
    )
    return f"{count / scale:,.1f} {unit}"
