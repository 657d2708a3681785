"""The document store: edits by the protocol's rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.language import Encoding, Lines
from cnngen.server.documents import Change, Document, Documents, sound

TEXTS = st.text(st.sampled_from("ab \n\r\f\x85\u2028é𝔸"), max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@given(TEXTS, TEXTS, st.data(), ENCODINGS)
def test_an_edit_between_two_positions_replaces_the_text_between_them(
    text: str, new: str, data: st.DataObject, encoding: Encoding
) -> None:
    # The offset between \r and \n has no position of its own.
    offsets = [i for i in range(len(text) + 1) if text[i - 1 : i + 1] != "\r\n"]
    start, end = sorted((data.draw(st.sampled_from(offsets)), data.draw(st.sampled_from(offsets))))
    lines = Lines.of(text)
    change = Change(lines.position(start, encoding), lines.position(end, encoding), new)
    edited = Document("file:///a.cnn", 1, text).changed(2, [change], encoding)
    assert edited.text == text[:start] + new + text[end:]
    assert edited.version == 2


def test_each_edit_counts_from_what_the_one_before_left() -> None:
    at = Lines.of("abc").position
    changes = [Change(at(0), at(1), "12\n"), Change(Lines.of("12\nbc").position(3), at(3), "")]
    assert Document("file:///a.cnn", 1, "abc").changed(2, changes, "utf-16").text == "12\nbc"


def test_an_edit_leaves_the_older_version_as_it_was() -> None:
    documents = Documents()
    before = documents.open("file:///a%20b.cnn", 1, "input")
    after = documents.change("file:///a%20b.cnn", 2, [Change(None, None, "output")], "utf-16")
    assert (before.text, after.text) == ("input", "output")
    assert documents.get("file:///a b.cnn") is after


@given(st.text(max_size=20))
def test_half_surrogate_pairs_are_replaced_and_nothing_moves(text: str) -> None:
    broken = text + "\ud800" + text + "\udfff"
    assert sound(broken) == text + "\ufffd" + text + "\ufffd"
    sound(broken).encode("utf-8")


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("file:///a/lenet5.cnn", "lenet5"),
        ("file:///a/my%20net.v2.cnn", "my net.v2"),
        ("untitled:Untitled-1", "Untitled-1"),
        ("", "network"),
        ("http://[", "network"),
    ],
)
def test_a_network_is_named_after_its_file(uri: str, name: str) -> None:
    assert Document(uri, 1, "").name == name
