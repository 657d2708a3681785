"""What is kept of a document's features gives the same answers as if it were made anew."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs

from cnngen.language import Analyser
from cnngen.language.resolve.sections import Section
from cnngen.server.convert import View
from cnngen.server.documents import Document
from cnngen.server.kept import Kept
from cnngen.server.requests.document_symbol import _rows, _trees

PIECES = st.sampled_from(
    ["\n", "\r\n", " conv", "conv\n", "(", "𝔸", '"line":7 ', "// \u2028\n", "[ (conv,\nEmpty) ]", ""]
)


def view_of(text: str, analyser: Analyser) -> View:
    document = Document("file:///net.cnn", 1, text, analyser)
    return View(document, analyser.analyse(text), "utf-16")


@settings(max_examples=15)
@given(programs(), st.data())
def test_an_outline_after_edits_is_that_of_the_text(text: str, data: st.DataObject) -> None:
    analyser, trees, rows = Analyser(), Kept(_trees), Kept(_rows)
    for _ in range(4):
        for kept, make in ((trees, _trees), (rows, _rows)):
            found = kept.texts(view_of(text, analyser))
            assert found == Kept(make).texts(view_of(text, Analyser()))
            json.loads(f"[{','.join(filter(None, found))}]")
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 3)))
        text = text[:start] + data.draw(PIECES) + text[end:]


def test_only_what_an_edit_has_changed_is_made_again() -> None:
    made: list[str] = []

    def make(_: View, section: Section) -> str:
        made.append(section.feature.text)
        return '{"line":0}'

    analyser, kept = Analyser(), Kept(make)
    kept.texts(view_of("input\nconv\nmax_pooling\nflatten output", analyser))
    made.clear()
    kept.texts(view_of("input\nconv\n\n\nmax_pooling()\nflatten output", analyser))
    assert made == ["max_pooling()"]
