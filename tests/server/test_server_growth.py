"""What the server keeps does not grow with how long it is worked with."""

from __future__ import annotations

import asyncio
import gc
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from server_wire import INITIALIZE, about, contents, edited, message, opened
from test_server_soak import ASKED, PULLS

from cnngen.server.app import Server, make_server

URI = "file:///programs/net.cnn"
LINES = [
    "input(cifar10)",
    *("conv(filters=16) max_pooling // once", "convbn dropout(0.3)", "[ (conv conv, Empty) ]", "conv(strides=2)") * 2,
    "flatten dense output",
]
WORDS = (" conv(filters=64)", " convbn max_pooling", " [ (conv, Empty) ]", " // why", " cnov(filter=9)")

#: What there is one of for each version of a text, or for each message.
PASSING = ("Document", "Analysis", "Outline", "Resolution", "Network", "View", "Asked", "Task", "Future")


def keys(chance: random.Random) -> Iterator[tuple[int, int, int, str]]:
    """What a person types: words at lines' ends, letter by letter, each taken back again."""
    while True:
        line, word = chance.randrange(1, len(LINES) - 1), chance.choice(WORDS)
        end = len(LINES[line])
        for shift, letter in enumerate(word):
            yield line, end + shift, 0, letter
        for shift in reversed(range(len(word))):
            yield line, end + shift, 1, ""


def living() -> Counter[str]:
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects())


class Discarded:
    """Where a server's answers go."""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


async def worked_with(server: Server, rounds: int, each: int) -> list[Counter[str]]:
    """Type, ask for everything in turn, and wait for each answer. What lives after each round."""

    async def say(*messages: bytes) -> None:
        for content in contents(b"".join(messages)):
            server.protocol.handle_message(server.protocol.structure_message(content))
        while server.protocol._asked or server.protocol._request_futures:
            await asyncio.sleep(0)

    server.protocol.set_writer(Discarded())
    await say(message("initialize", "begin", {**INITIALIZE, "capabilities": PULLS["textDocument"]}))
    await say(opened(URI, "\n".join(LINES)))
    asked, typed, found = list(ASKED.values()), keys(random.Random(1)), []
    for number in range(rounds * each):
        line, column, deleted, text = next(typed)
        place: Any = {"line": number % len(LINES), "character": 3}
        method, arguments = asked[number // 5 % len(asked)]
        edit = edited(URI, number + 2, text, (line, column), (line, column + deleted))
        request = about(method, f"ask {number}", URI, **arguments(place)) if number % 5 == 0 else b""
        await say(edit, request, about("diagnostic", f"pull {number}", URI))
        if number % each == each - 1:
            found.append(living())
    return found


def test_no_kind_of_object_becomes_one_more_with_each_edit() -> None:
    """What is kept for the next text has its bounds, within which it comes and goes."""
    rounds, each = 5, 250
    found = asyncio.run(asyncio.wait_for(worked_with(make_server(), rounds, each), 600))
    warm, last = found[0], found[-1]
    edits = (rounds - 1) * each
    assert {name: count - warm[name] for name, count in last.items() if count - warm[name] >= edits} == {}
    assert last.total() < 1.15 * warm.total()
    for name in PASSING:
        assert max(counts[name] for counts in found) <= 1 + warm[name], name
