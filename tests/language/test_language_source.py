"""Places: offsets and editor positions name the same place in every encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.language import Lines, Position, Span

ENCODINGS = ("utf-8", "utf-16", "utf-32")


@given(st.text(alphabet="ab\n\r\f\u2028é🙂", max_size=40), st.sampled_from(ENCODINGS), st.data())
def test_an_offset_survives_the_way_to_a_position_and_back(text: str, encoding, data: st.DataObject) -> None:
    lines = Lines.of(text)
    offset = data.draw(st.integers(0, len(text)))
    if offset and text[offset - 1 : offset + 1] == "\r\n":
        return  # the middle of a line end is no place
    position = lines.position(offset, encoding)
    if offset in lines.starts or text[offset - 1] not in "\r\n":
        assert lines.offset(position, encoding) == offset


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 5), ("utf-16", 3), ("utf-32", 2)])
def test_characters_count_in_units_of_the_encoding(encoding, character: int) -> None:
    assert Lines.of("a🙂b").position(2, encoding) == Position(0, character)


def test_only_the_line_ends_of_the_protocol_end_a_line() -> None:
    assert Lines.of("a\nb\r\nc\rd\fe\u2028f").starts == (0, 2, 5, 7)


def test_a_text_that_ends_with_a_line_end_has_an_empty_last_line() -> None:
    lines = Lines.of("input\n")
    assert lines.position(6) == Position(1, 0)
    assert lines.offset(Position(1, 0)) == 6


def test_places_outside_the_text_mean_its_nearest_end() -> None:
    lines = Lines.of("ab\ncd")
    assert lines.offset(Position(0, 99)) == 2
    assert lines.offset(Position(9, 0)) == 5
    assert lines.position(99) == Position(1, 2)


def test_a_range_is_plain_data_of_the_protocol() -> None:
    assert Lines.of("ab\ncd").range(Span(1, 4)) == {
        "start": {"line": 0, "character": 1},
        "end": {"line": 1, "character": 1},
    }
