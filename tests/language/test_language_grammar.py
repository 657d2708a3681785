"""The core of the language is Appendix B of the paper, neither more nor less."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, UnexpectedInput
from programs import WORDS, programs

from cnngen.language import Code, Severity, analyse

APPENDIX_B = Lark(
    (Path(__file__).parents[1] / "support" / "appendix_b.lark").read_text(), start="architecture", parser="lalr"
)
SYNTAX = {code for code in Code if code.value.startswith("CNN1")}


def accepted_by_appendix_b(text: str) -> bool:
    try:
        APPENDIX_B.parse(text)
    except UnexpectedInput:
        return False
    return True


def syntax_errors(text: str) -> list[str]:
    return [found.message for found in analyse(text).diagnostics if found.code in SYNTAX]


@given(programs())
def test_every_program_of_the_core_grammar_is_without_syntax_errors(text: str) -> None:
    assert accepted_by_appendix_b(text)
    assert syntax_errors(text) == []


@settings(max_examples=500)
@given(st.lists(st.sampled_from([*WORDS, *"[](),"]), max_size=14).map(lambda words: "input " + " ".join(words)))
def test_a_text_of_words_has_syntax_errors_exactly_when_appendix_b_refuses_it(text: str) -> None:
    assert accepted_by_appendix_b(text) == (not syntax_errors(text))


@settings(max_examples=300)
@given(programs(), st.data())
def test_a_program_with_one_word_changed_has_syntax_errors_exactly_when_appendix_b_refuses_it(text, data) -> None:
    words = text.replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split()
    place = data.draw(st.integers(0, len(words) - 1))
    other = data.draw(st.sampled_from(["", *WORDS, *"[](),"]))
    changed = " ".join([*words[:place], other, *words[place + 1 :]])
    assert accepted_by_appendix_b(changed) == (not syntax_errors(changed)), changed


@pytest.mark.parametrize("word", ["conv", "convbn", "bnconv", "upconv", "sepconv"])
def test_each_convolution_is_a_feature_of_its_own(word: str) -> None:
    assert analyse(f"input {word} flatten dense output").ok


@pytest.mark.parametrize("word", ["flatten", "global_avg_pooling", "global_max_pooling"])
def test_each_bridge_leads_from_the_image_to_the_head(word: str) -> None:
    network = analyse(f"input conv {word} dense output").network
    assert [node.kind for node in network.nodes] == ["input", "conv", word, "dense"]
    assert len(network.nodes[2].shape) == 1


@pytest.mark.parametrize("word", ["avg_pooling", "max_pooling"])
def test_each_pooling_halves_the_image(word: str) -> None:
    assert analyse(f"input conv {word} flatten dense output").network.nodes[2].shape == (4, 4, 32)


def test_the_ten_words_of_the_talk_are_a_program_without_any_diagnostic() -> None:
    found = analyse("input conv max_pooling conv max_pooling conv flatten dense dense output")
    assert found.diagnostics == ()
    assert found.trainable


def test_comments_and_white_space_may_stand_anywhere() -> None:
    plain = analyse("input conv(filters=3) [(conv,Empty)] flatten dense output")
    spaced = analyse(
        "// a\ninput\f/* b\n*/conv ( filters = 3 , ) [\u2028( conv // c\r\n, Empty ) ] flatten dense\toutput // d"
    )
    assert spaced.ok
    assert spaced.network.hash == plain.network.hash


def test_a_program_without_a_head_is_well_formed_but_no_classifier() -> None:
    found = analyse("input conv output")
    assert [(d.code, d.severity) for d in found.diagnostics] == [(Code.NOT_A_CLASSIFIER, Severity.WARNING)]
    assert found.ok
    assert not found.trainable
