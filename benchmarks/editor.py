"""How the server feels in an editor: `make bench-editor`, or this file with `--help`.

A real client types into a file of 300 layers over standard input and output. Times are from the moment a message is
written to the moment its answer has been read, in milliseconds. *CPU* is what the server's processor worked for it: on
a machine that does other things too, those are the figures to compare.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from editor_client import Client
from editor_typist import Typist
from programs import realistic

LAYERS = 300

#: Keys of a session after which all diagnostics are asked for and the memory is read.
EVERY = 50

#: Keys after which a session's growth is counted: by then each kind of request has been answered some six times, so
#: that all code has been loaded, and the file has been analysed a hundred times. What comes later is kept, or lost.
WARM = 100

#: A line of a program of 300 layers, and a place in it, at which things are asked.
Place = dict[str, int]


#: Requests by the capability that announces them, and what they are asked with beside the document.
REQUESTS: dict[str, tuple[str, Callable[[Place, Any], dict[str, Any]]]] = {
    "hoverProvider": ("hover", lambda place, _: {"position": place}),
    "completionProvider": ("completion", lambda place, _: {"position": place}),
    "signatureHelpProvider": ("signatureHelp", lambda place, _: {"position": place}),
    "documentHighlightProvider": ("documentHighlight", lambda place, _: {"position": place}),
    "definitionProvider": ("definition", lambda place, _: {"position": place}),
    "selectionRangeProvider": ("selectionRange", lambda place, _: {"positions": [place]}),
    "codeActionProvider": (
        "codeAction",
        lambda place, _: {"range": {"start": place, "end": place}, "context": {"diagnostics": []}},
    ),
    "inlayHintProvider": ("inlayHint", lambda place, whole: {"range": whole}),
    "codeLensProvider": ("codeLens", lambda place, _: {}),
    "documentSymbolProvider": ("documentSymbol", lambda place, _: {}),
    "foldingRangeProvider": ("foldingRange", lambda place, _: {}),
    "semanticTokensProvider": ("semanticTokens/full", lambda place, _: {}),
    "documentFormattingProvider": ("formatting", lambda place, _: {"options": {"tabSize": 2, "insertSpaces": True}}),
    "documentRangeFormattingProvider": (
        "rangeFormatting",
        lambda place, whole: {"range": whole, "options": {"tabSize": 2, "insertSpaces": True}},
    ),
    "documentOnTypeFormattingProvider": (
        "onTypeFormatting",
        lambda place, _: {"position": place, "ch": "\n", "options": {"tabSize": 2, "insertSpaces": True}},
    ),
    "diagnosticProvider": ("diagnostic", lambda place, _: {}),
}  # fmt: skip

#: What is asked about the first of an answer's items, when a user looks at it.
RESOLVED: dict[str, tuple[str, Callable[[Any], list[Any]]]] = {
    "completion": ("completionItem/resolve", lambda found: found["items"] if found else []),
    "codeAction": ("codeAction/resolve", lambda found: [one for one in found or [] if "edit" not in one]),
}


@dataclass
class Times:
    """Seconds that each of many answers took: until the client had it, and of the server's processor."""

    client: Client
    waited: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure one more."""
        work, start = self.client.cpu(), time.perf_counter()
        yield
        self.waited.append(time.perf_counter() - start)
        self.worked.append(self.client.cpu() - work)

    def row(self, name: str) -> str:
        """A line of the table: median, 99th percentile and worst, waited and worked, in milliseconds."""
        figures = []
        for times in (sorted(self.waited), sorted(self.worked)):
            last = times[min(len(times) - 1, int(len(times) * 0.99))]
            figures += [statistics.median(times), last, times[-1]]
        return f"{name:34}" + "".join(f"{figure * 1000:9.1f}" for figure in figures)


def keystrokes(count: int, *, pulls: bool, pause: float) -> Times:
    """What each key takes to its diagnostics."""
    client = Client(pulls=pulls)
    typist = Typist(client, "file:///programs/net.cnn", realistic(LAYERS))
    warming, times = Times(client), Times(client)
    for key in range(count + 20):
        time.sleep(pause)
        with (warming if key < 20 else times).measured():
            typist.press()
            if pulls:
                client.pull(typist.uri)
            else:
                client.diagnostics(typist.uri, typist.version)
    client.close()
    return times


def requests(count: int) -> dict[str, Times]:
    """What each request takes that the server announces, at places all over the file.

    Before each of them a key is pressed and diagnostics are asked for, so that nothing is known of the text but those.
    """
    client = Client(pulls=True)
    text = realistic(LAYERS)
    typist = Typist(client, "file:///programs/net.cnn", text)
    document = {"textDocument": {"uri": typist.uri}}
    lines = text.splitlines()
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": len(lines), "character": 0}}
    randomly = random.Random(3)
    times: dict[str, Times] = {}
    for capability, (name, arguments) in REQUESTS.items():
        if not client.capabilities.get(capability):
            continue
        for _ in range(count):
            line = randomly.randrange(len(lines))
            place = {"line": line, "character": randomly.randrange(len(lines[line]) + 1)}
            typist.press()
            client.pull(typist.uri)
            with times.setdefault(f"textDocument/{name}", Times(client)).measured():
                found = client.ask(f"textDocument/{name}", {**document, **arguments(place, whole)})
            if name in RESOLVED:
                method, listed = RESOLVED[name]
                for item in listed(found)[:1]:
                    with times.setdefault(method, Times(client)).measured():
                        client.ask(method, item)
    client.close()
    return times


#: Places of unfinished text: what stands before the cursor, at a line's end in the middle of the file.
UNFINISHED = {"in arguments": " conv(filters=8, ", "in a merge": " [ (conv, ", "behind a letter": " c"}


def completions_in_unfinished(count: int) -> dict[str, Times]:
    """What completion takes where brackets are open, in the middle of the file, behind diagnostics for that text."""
    client = Client(pulls=True)
    text = realistic(LAYERS)
    lines = text.splitlines()
    uri, version = "file:///programs/net.cnn", 1
    client.open(uri, text)
    times: dict[str, Times] = {}
    for name, typed in UNFINISHED.items():
        for number in range(count):
            line = 1 + number * 7 % (len(lines) - 2)
            column = len(lines[line])
            place, end = ({"line": line, "character": at} for at in (column, column + len(typed)))
            version += 2
            client.edit(uri, version - 1, {"range": {"start": place, "end": place}, "text": typed})
            client.pull(uri)
            with times.setdefault(f"completion {name}", Times(client)).measured():
                client.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": end})
            client.edit(uri, version, {"range": {"start": place, "end": end}, "text": ""})
            client.pull(uri)
    client.close()
    return times


def cold_start(compiled: str) -> tuple[float, float]:
    """Seconds from the start of the process to the first diagnostics of a file, and of its processor's work."""
    start = time.perf_counter()
    client = Client(compiled=compiled)
    client.open("file:///programs/net.cnn", realistic(LAYERS))
    client.diagnostics("file:///programs/net.cnn", 1)
    took, worked = time.perf_counter() - start, client.cpu()
    client.close()
    return took, worked


def hundred_files() -> tuple[float, float]:
    """MiB that the server holds at rest, and with a hundred files open: each analysed, of 50 layers."""
    client = Client()
    rest = client.memory()
    for number in range(100):
        uri = f"file:///programs/{number}.cnn"
        client.open(uri, realistic(50))
        client.diagnostics(uri, 1)
    full = client.memory()
    client.close()
    return rest, full


def session(seconds: float, rate: float) -> list[tuple[float, float]]:
    """An editing session: seconds and MiB as it goes on. So many keys a second, and what an editor asks after each."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(20):
            (Path(folder) / f"{number}.cnn").write_text(realistic(30))
        client = Client(pulls=True, folder=Path(folder))
        typist = Typist(client, (Path(folder) / "0.cnn").as_uri(), realistic(LAYERS))
        asked = [entry for capability, entry in REQUESTS.items() if client.capabilities.get(capability)]
        began = time.monotonic()
        figures = []
        for key in itertools.count():
            now = time.monotonic() - began
            if now > seconds:
                break
            if key % EVERY == 0:
                client.ask("workspace/diagnostic", {"previousResultIds": []})
                figures.append((now, client.memory()))
            typist.press()
            name, arguments = asked[key % len(asked)]
            place = {"line": key % 100, "character": 3}
            whole = {"start": {"line": 0, "character": 0}, "end": {"line": 400, "character": 0}}
            client.ask(f"textDocument/{name}", {"textDocument": {"uri": typist.uri}, **arguments(place, whole)})
            client.pull(typist.uri)
            time.sleep(max(0.0, (key + 1) / rate - (time.monotonic() - began)))
        client.close()
        return figures


def main() -> None:
    """Measure what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=300, help="keys to type, and how often to ask each request")
    parser.add_argument("--pause", type=float, default=0.03, help="seconds before each key")
    parser.add_argument("--session", type=float, default=0, metavar="SECONDS", help="measure memory over so long")
    parser.add_argument("--rate", type=float, default=5, help="keys a second in the session: 5 is a person")
    given = parser.parse_args()
    print(f"{'ms':34}{'median':>9}{'99 %':>9}{'worst':>9}{'CPU':>9}{'99 %':>9}{'worst':>9}")
    print(keystrokes(given.keys, pulls=False, pause=given.pause).row("key to diagnostics, pushed"))
    print(keystrokes(given.keys, pulls=True, pause=given.pause).row("key to diagnostics, pulled"))
    for method, times in requests(given.keys).items():
        print(times.row(method))
    for name, times in completions_in_unfinished(max(1, given.keys // 10)).items():
        print(times.row(name))
    with tempfile.TemporaryDirectory() as compiled:
        cold_start(compiled)
        starts, work = zip(*(cold_start(compiled) for _ in range(5)), strict=True)
    median = f"{statistics.median(starts):.2f} s median, {statistics.median(work):.2f} s of CPU"
    print(f"\ncold start to first diagnostics: {min(starts):.2f} s at best, {median}")
    rest, full = hundred_files()
    print(f"memory: {rest:.0f} MiB at rest, {full:.0f} MiB with 100 files open")
    if given.session:
        figures = session(given.session, given.rate)
        for index in range(0, len(figures), max(1, len(figures) // 12)):
            seconds, mebibytes = figures[index]
            print(f"  {index * EVERY:6,} keys {seconds:6.0f} s {mebibytes:7.1f} MiB")
        warm = figures[WARM // EVERY][1]
        keys = (len(figures) - 1) * EVERY
        most, last = (held - warm for held in (max(held for _, held in figures), figures[-1][1]))
        told = f"{last:+.1f} MiB, at most {most:+.1f}, since the first {WARM} keys"
        print(f"editing for {given.session:,.0f} s, {keys:,} keys: {told} (before them {warm - figures[0][1]:+.1f})")


if __name__ == "__main__":
    main()
