"""An analyser that has seen other texts says of a text what a new one says."""

from __future__ import annotations

import contextlib
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import WORDS, programs

from cnngen.language import Analyser, Analysis, Edit, Span, analyse, stretches
from cnngen.language.checks.feature import Feature
from cnngen.language.resolve.resolver import Resolver
from cnngen.language.syntax import cut as cut_
from cnngen.language.syntax.brackets import Brackets
from cnngen.language.syntax.cut import Cutter, closing, cut
from cnngen.language.syntax.items import Items
from cnngen.language.syntax.lookup import path_at
from cnngen.language.syntax.memory import Memory
from cnngen.language.syntax.parser import Unexpected, build, parse
from cnngen.language.syntax.tokens import tokenize
from cnngen.language.syntax.tree import Stray, walk
from cnngen.language.syntax.window import parse_faulty

to_measure = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "programs.py"))
realistic = to_measure["realistic"]

#: What people type, paste and delete, sound and unsound.
FRAGMENTS = st.sampled_from(
    [
        *WORDS, *"[](),= \n", "", "", "// a (\n", "/* [ */", "/*", '"a)"', "$", "5", "add ", "concat", "filters=8",
        "conv(strides=2)", "[ (conv(strides=2), Empty) ]", "[ (conv, conv) ]", "defaults(activation=tanh)",
        "training(epochs=3)", "input(shape=(9, 9, 2))", "max_pooling(pool_size=50, padding=valid)", "dense(units=70000)",
    ]
)  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), FRAGMENTS), max_size=6)


def everything(analysis: Analysis) -> dict[str, Any]:
    """All that an analysis knows, as plain data."""
    return {
        "diagnostics": [found.to_json(analysis.lines) for found in analysis.diagnostics],
        "network": analysis.network.to_json(analysis.lines),
        "inferred": [node.inferred for node in analysis.network.nodes],
        "training": analysis.network.training,
        "canonical": analysis.network.canonical,
        "tree": shown(analysis.tree.items),
    }


def shown(part: Any) -> Any:
    """A part of a tree as plain data, with all its places."""
    if hasattr(part, "__dataclass_fields__"):
        return [type(part).__name__, *(shown(getattr(part, name)) for name in part.__dataclass_fields__)]
    return [shown(inner) for inner in part] if isinstance(part, (tuple, Items)) else part


def edited(text: str, edit: tuple[float, int, str]) -> str:
    place, removed, inserted = edit
    start = round(place * len(text))
    return text[:start] + inserted + text[start + removed :]


@settings(max_examples=300)
@given(programs(arguments=True), EDITS)
def test_after_any_edits_the_analysis_is_that_of_a_new_analyser(text: str, edits: list[tuple[float, int, str]]) -> None:
    analyser = Analyser()
    for edit in [(0.0, 0, ""), *edits]:
        text = edited(text, edit)
        assert everything(analyser.analyse(text)) == everything(analyse(text)), text


@settings(max_examples=40)
@given(
    st.floats(0.1, 0.9), st.sampled_from(["(", ")", "[", "]", ",", "[ (conv, ", "conv(filters=8, ", "/*", "$"]), EDITS
)
def test_a_fault_is_what_it_is_in_a_new_analyser_wherever_else_the_text_is_edited(
    place: float, fault: str, edits: list[tuple[float, int, str]]
) -> None:
    """What was made of its surroundings is kept, so long as nothing that it depends on is another."""
    analyser, text = Analyser(), realistic(80)
    for edit in [(place, 0, fault), *edits]:
        text = edited(text, edit)
        found, fresh = analyser.analyse(text), analyse(text)
        assert found.diagnostics == fresh.diagnostics, text
        assert shown(found.tree.items) == shown(fresh.tree.items), text


def test_a_fault_that_an_edit_leaves_as_it_is_is_not_repaired_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    repaired: list[int] = []

    def counting(text: str, start: int, *more: Any) -> Any:
        repaired.append(start)
        return parse_faulty(text, start, *more)

    monkeypatch.setattr(stretches, "parse_faulty", counting)
    lines = realistic(200).splitlines()
    lines[40] += " [ (conv, "
    analyser = Analyser()
    for number in (0, 10, 70, 75, 5):
        lines[number] += " conv"
        assert not analyser.analyse("\n".join(lines)).ok
    assert len(repaired) == 1


@settings(max_examples=300)
@given(programs(arguments=True), EDITS)
def test_the_pieces_of_a_sound_text_are_the_items_of_its_tree(text: str, edits: list[tuple[float, int, str]]) -> None:
    for edit in edits:
        text = edited(text, edit)
    pieces, whole = cut(text)
    assert all(start < end for start, end in pieces)
    with contextlib.suppress(Unexpected):
        program = build(tokenize(text))
        if whole:
            assert pieces == [tuple(item.span) for item in program.items]
            read = [build(tokenize(text[start:end])).items[0] for start, end in pieces]
            assert shown(Items(text, pieces, read.__getitem__)) == shown(program.items)
        else:
            assert any(isinstance(item, Stray) for item in program.items)


@pytest.mark.parametrize("depth", [1, 10, 100, 2_000])
def test_an_item_is_put_in_its_place_however_deep_it_nests(depth: int) -> None:
    text = "input conv " + "[ (conv(kernel_size=(3, 3)) " * depth + ", Empty) ]" * depth + " flatten dense output"
    found, whole = list(walk(analyse(text).tree.items)), list(walk(build(tokenize(text)).items))
    assert [(type(item), item.span) for item in found] == [(type(item), item.span) for item in whole]


@given(programs(arguments=True), EDITS, st.floats(0, 1))
def test_a_path_leads_through_the_parts_that_touch_a_place(
    text: str, edits: list[tuple[float, int, str]], place: float
) -> None:
    for edit in edits:
        text = edited(text, edit)
    offset = round(place * len(text))
    tree = analyse(text).tree
    path = path_at(tree, offset)
    assert all(part.span.start <= offset <= part.span.end for part in path)
    assert bool(path) == any(item.span.start <= offset <= item.span.end for item in tree.items)


def test_a_piece_may_hold_comments_and_strings_with_brackets_in_them() -> None:
    text = 'input /* ( */ (dataset="a)b") // ] \n add // [\n (activation=relu /*)*/) /* [ */ [ (conv /* , */, Empty) ] conv'
    pieces, whole = cut(text)
    assert whole
    assert [text[start : start + 4] for start, _ in pieces] == ["inpu", "add ", "conv"]


@settings(max_examples=300)
@given(programs(arguments=True), EDITS)
def test_a_cutter_that_has_cut_other_texts_cuts_as_a_new_one(text: str, edits: list[tuple[float, int, str]]) -> None:
    cutter = Cutter()
    for edit in [(0.0, 0, ""), *edits]:
        text = edited(text, edit)
        pieces, whole = cutter.cut(text)
        assert (pieces, whole) == cut(text)
        for position in (pieces[-1][1] if pieces else 0, len(text) // 2):
            assert cutter.cut(text, position) == cut(text, position)
        openers = [token.start for token in tokenize(text) if token.kind in ("(", "[")]
        assert [cutter.tail(text).closing(at) for at in openers] == [closing(text, at) for at in openers]


def test_where_the_end_of_a_text_is_known_an_open_bracket_is_not_searched_through_it() -> None:
    analyser, lines = Analyser(), ["input", *["conv(filters=3)", "[ (conv, Empty) ]"] * 100, "flatten dense output"]
    analyser.analyse("\n".join(lines))
    before = cut_.closed.cache_info().misses
    for typed in ("conv(", "[ (conv, "):
        assert not analyser.analyse("\n".join([*lines[:50], typed, *lines[50:]])).ok
    assert cut_.closed.cache_info().misses == before


def test_what_stands_before_a_fault_is_still_cut_and_the_fault_is_reported_once() -> None:
    found = analyse("input conv conv filters=3) flatten dense output").diagnostics
    assert [str(one.code) for one in found] == ["CNN103"]
    assert "'conv'" in found[0].message


def test_an_analyser_forgets_what_the_text_no_longer_has() -> None:
    analyser = Analyser()
    for number in range(3000):
        analyser.analyse(f"input conv(filters={number + 1}) [ (convbn, Empty) ] flatten dense output")
    outliner, resolver = analyser._outliner, analyser._resolver
    kept = [outliner._known, resolver._parts, resolver.rows._rows, resolver.layers._meanings, resolver.planner._lanes]
    assert max(map(len, kept)) < 500


@pytest.mark.parametrize("between", ["", "conv\n" * 12])
def test_however_many_merges_are_open_the_text_is_searched_for_their_ends_once(between: str) -> None:
    for count in (60, 120):
        text = "input conv\n" + f"[ (conv, Empty)\n{between}" * count + "flatten dense output\n"
        before = cut_.closed.cache_info().misses
        assert not analyse(text).ok
        assert cut_.closed.cache_info().misses - before <= 2  # the text, and the part of it that is repaired


def test_what_is_tried_does_not_make_the_analyser_forget_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = realistic(100).replace("conv", "conv(strides=1)", 1)
    analyser = Analyser()
    analysis = analyser.analyse(text)
    at = text.index("strides=1") + len("strides=")
    for strides in range(2, 10):
        analysis.edited([Edit(Span(at, at + 1), str(strides))])
    resolved: list[Feature] = []
    resolve = Resolver.resolve

    def counting(resolver: Resolver, feature: Feature, *more: Any) -> Any:
        resolved.append(feature)
        return resolve(resolver, feature, *more)

    monkeypatch.setattr(Resolver, "resolve", counting)
    analyser.analyse(text)
    assert [feature.word for feature in resolved] == ["dense"]  # the classifier is one of a kind


@settings(max_examples=60)
@given(st.integers(100, 400), st.floats(0.1, 0.9), FRAGMENTS, st.integers(0, 5))
def test_a_fault_in_a_long_text_is_what_it_is_when_all_that_follows_is_read(
    words: int, place: float, fragment: str, removed: int
) -> None:
    """Only its surroundings are repaired."""
    text = edited(realistic(words), (place, removed, fragment))
    start = max(0, text.rfind("\n", 0, round(place * len(text)) - 200))
    items, faults, end, _ = parse_faulty(text, start, Memory(), Brackets(text))
    whole, all_faults = parse(text, start)
    assert shown(tuple(items)) == shown(tuple(whole.items[: len(items)]))
    assert faults == [found for found in all_faults if found.span.start < end]
    assert end == len(text) or whole.items[len(items)].span.start == end
