"""`cnngen datasets`: which data sets are known by name, and what is on this machine."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from cnngen.cli.output import Format, Style, aligned, painter, write, write_json


def datasets(
    format: Annotated[Format, typer.Option(help="A table for people, or JSON.")] = Format.TEXT,
) -> None:
    """List the data sets that a program can name. Licence, size, and where they lie on this machine.

    Training also takes an .npz file or a folder of images: see docs/datasets.md.
    """
    rows = _rows()
    if format is Format.JSON:
        write_json(rows)
        return
    paint = painter(sys.stdout)
    head = ("name", "images", "shape", "classes", "licence", "download", "on this machine")
    cells = [
        (
            row["name"],
            f"{row['images']:,}",
            "×".join(map(str, row["shape"])),
            str(row["classes"]),
            row["licence"],
            f"{row['download_mb']:g} MB" if row["download_mb"] else "none",
            "with scikit-learn" if not row["download_mb"] else row["path"] or "fetched when first trained on",
        )
        for row in rows
    ]
    first, *others = aligned([head, *cells], right=(1, 3, 5))
    write(paint(Style.DIM, first))
    for name, line in zip((row["name"] for row in rows), others, strict=True):
        write(paint(Style.STRONG, name) + line[len(name) :])


def _rows() -> list[dict[str, Any]]:
    from cnngen.language import DATASETS
    from cnngen.runtime.image_sets import SETS, cached

    rows = []
    for name, facts in DATASETS.items():
        known = SETS[name]
        place = cached(known)
        rows.append(
            {
                "name": name,
                "images": known.images,
                "shape": list(facts.shape),
                "classes": facts.classes,
                "licence": known.licence,
                "home": known.home,
                "download_mb": known.megabytes,
                "path": str(place) if place else None,
            }
        )
    return rows
