"""The colours of a PNG with a palette: exactly those of the theme, in every picture.

Who paints with a palette of 256 colours takes those that serve the whole picture best, which are the theme's but for a
few steps, and other ones for each network. People would not see it; who compares pictures would.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from cnngen.codegen.pictures.theme import colours

_SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: How far, in any of red, green and blue, an entry of the palette may be from the colour that it stands for.
_NEAR = 8


def exact(png: bytes) -> bytes:
    """The picture with the entries of its palette that stand for colours of the theme set to them.

    What has no palette stays as it is, but for a note of its resolution, which some painters get wrong.
    """
    chunks = [(kind, data) for kind, data in _chunks(png) if kind != b"pHYs"]
    palette = next((_exact(data) for kind, data in chunks if kind == b"PLTE"), None)
    if palette is not None:
        pixels = b"".join(data for kind, data in chunks if kind == b"IDAT")
        head, *others = [(kind, data) for kind, data in chunks if kind not in (b"PLTE", b"IDAT", b"IEND")]
        pixels = _closed(head[1], palette, pixels)
        chunks = [head, (b"PLTE", palette), *others, (b"IDAT", pixels), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _closed(head: bytes, palette: bytes, pixels: bytes) -> bytes:
    """The pixels with the ground up to the right and lower edge.

    A picture is seldom a whole number of pixels large, and of its last ones the painter leaves a part black.
    """
    width, height, depth = int.from_bytes(head[:4]), int.from_bytes(head[4:8]), head[8]
    rows = bytearray(zlib.decompress(pixels))
    step = width + 1  # before each row stands how it is filtered
    ground = palette.find(bytes.fromhex(colours()[0]))
    if depth != 8 or head[12] or ground % 3 or any(rows[::step]):
        return pixels
    rows[width::step] = bytes([ground // 3]) * height
    rows[-width:] = bytes([ground // 3]) * width
    return zlib.compress(rows, 3)


def _exact(palette: bytes) -> bytes:
    entries = [palette[at : at + 3] for at in range(0, len(palette), 3)]
    free = set(range(len(entries)))
    for colour in map(bytes.fromhex, colours()):
        nearest = min(free, key=lambda entry: (_distance(entries[entry], colour), entry), default=None)
        if nearest is not None and _distance(entries[nearest], colour) <= _NEAR:
            entries[nearest] = colour
            free.remove(nearest)
    return b"".join(entries)


def _distance(one: bytes, other: bytes) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
