"""Pictures of the open programs: drawn one at a time, each analysis at most once."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from cnngen.language import Analysis


class Pictures:
    """The pictures that one server has drawn. All methods belong to the event loop's thread."""

    def __init__(self) -> None:
        self._drawn: WeakKeyDictionary[Analysis, str] = WeakKeyDictionary()
        # Drawing takes a process; a client that asks at every key must not fill the machine with them.
        self._turn = asyncio.Lock()

    async def svg(self, analysis: Analysis) -> str:
        """The network of a program without errors as SVG. To cancel it ends the drawing.

        Raises:
            DiagramUnavailable: there is no picture; the message is one sentence that says why and what to do.
        """
        from cnngen.codegen import live_diagram

        async with self._turn:
            svg = self._drawn.get(analysis)
            if svg is None:
                svg = self._drawn[analysis] = await live_diagram(analysis.network)
            return svg
