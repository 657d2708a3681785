"""Code actions that rewrite: what each makes, where it is offered, and that none does harm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import Analysis, Edit, Span, analyse, applied, format_text
from cnngen.language.syntax.tree import Layer, Merge
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.action import EXPLICIT, FIX_ALL, FORMAT, INFERRED, KINDS, REWRITE
from cnngen.server.features.actions import actions
from cnngen.server.features.errors import errors
from cnngen.server.features.resolved import arguments
from cnngen.server.features.sameness import same_network

WHOLE = {
    EXPLICIT: "Make all hyper-parameters explicit",
    INFERRED: "Remove all hyper-parameters that would be inferred alike",
}


def selected(text: str) -> tuple[Analysis, Span]:
    """A program with its selection between two `|`, or its cursor at one."""
    before, *rest = text.split("|")
    inside = rest[0] if len(rest) == 2 else ""
    return analyse("".join([before, *rest])), Span(len(before), len(before) + len(inside))


def offered(text: str, only: list[str] | None = None) -> list[str]:
    return [action.title for action in actions(*selected(text), only or [REWRITE])]


def after(text: str, title: str, only: list[str] | None = None) -> str:
    """The text after the action whose title begins so."""
    analysis, place = selected(text)
    (action,) = [action for action in actions(analysis, place, only or [REWRITE]) if action.title.startswith(title)]
    return applied(analysis.text, action.edits())


def whole(text: str, kind: str) -> str:
    """The text after an action on all of it; unchanged where there is none."""
    analysis = analyse(text)
    for action in actions(analysis, Span(0, 0), [kind]):
        text = applied(text, action.edits())
    return text


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("input co|nv flatten dense output", "Change to convbn", "input convbn flatten dense output"),
        ("input conv(|filters=3) output", "Change to sepconv", "input sepconv(filters=3) output"),
        ("input con|vbn(epsilon=0.1) output", "Change to conv", "input conv output"),
        (
            "input con|vbn(epsilon=0.1, filters=3, momentum=0.9) output",
            "Change to conv",
            "input conv(filters=3) output",
        ),
        ("input conv |convbn conv| output", "Wrap", "input conv [ (convbn conv, Empty) ] output"),
        ("input conv c|onv output", "Wrap", "input conv [ (conv, Empty) ] output"),
        ("input [ (conv |conv|, conv) ] output", "Wrap", "input [ (conv [ (conv, Empty) ], conv) ] output"),
        ("input conv [| (convbn conv, Empty) ] output", "Unwrap", "input conv convbn conv output"),
        ("input conv [ (c|onv, conv) (convbn, Empty) ] output", "Unwrap", "input conv conv convbn output"),
        ("input conv [| (conv, conv) ] output", "Concatenate", "input conv concat [ (conv, conv) ] output"),
        ("input conv con|cat [ (conv, conv) ] output", "Add", "input conv add [ (conv, conv) ] output"),
        (
            "input conv(fil|ters=3) output",
            "Make the hyper-parameters of conv",
            "input conv(filters=3, kernel_size=3, strides=1, padding=same, activation=relu, use_bias=true, "
            "kernel_initializer=glorot_uniform) output",
        ),
        (
            "input conv [| (conv(filters=32, kernel_size=3, strides=1, padding=same, activation=relu, use_bias=true, "
            "kernel_initializer=glorot_uniform), Empty) ] output",
            "Remove hyper-parameters of the merge",
            "input conv [ (conv, Empty) ] output",
        ),
        ("input c|onv(filters=3, strides=1) output", "Remove hyper-parameters of conv", "input conv(filters=3) output"),
    ],
)
def test_an_action_changes_what_it_says(text: str, title: str, expected: str) -> None:
    assert after(text, title) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("input conv conv(st|rides=2) output", "Wrap"),
        ("input conv flatten den|se output", "Wrap"),
        ("inp|ut conv output", "Wrap"),
        ("input conv max_pooling [ (max_pooling c|onv, Empty) ] output", "Unwrap"),
        ("input conv max_pool|ing output", "Change"),
        ("input concat [| (conv(filters=3), conv(filters=5)) ] output", "Add"),
        ("input conv flat|ten dense output", "Make"),
        ("input co|nv output", "Remove"),
        ("input conv(filt|ers=3) output", "Remove"),
        ("input co|nv dense output", ""),
    ],
)
def test_an_action_is_offered_only_where_it_applies(text: str, title: str) -> None:
    assert not [found for found in offered(text) if found.startswith(title)]


def test_kinds_are_those_asked_for() -> None:
    analysis, place = selected("input  co|nv(strides=1) flatten dense output")
    for kind in KINDS:
        assert {action.kind for action in actions(analysis, place, [kind])} <= {kind}
    assert {action.kind for action in actions(analysis, place, ["source"])} == {EXPLICIT, INFERRED, FORMAT}
    assert {action.kind for action in actions(analysis, place, ["refactor"])} == {REWRITE}
    assert not list(actions(analysis, place, ["quickfix", "source.organizeImports", "ref"]))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_program_in_layout_stays_in_layout(end: str) -> None:
    lines = [
        "input",
        "conv",
        "convbn(filters=32, kernel_size=5, activation=linear) dropout",
        "conv(filters=32, kernel_size=3)",
        "output",
        "",
    ]
    text = end.join(lines)
    assert format_text(text).text == text
    analysis = analyse(text)
    start = text.index("convbn")
    for mark in ("convbn", "dropout", "conv(filters"):
        for action in actions(analysis, Span(start, text.index(mark) + 4)):
            new = applied(text, action.edits())
            assert new != text
            assert format_text(new).text == new, action.title


def test_lines_that_are_not_in_layout_stay_as_they_are() -> None:
    text = "input   conv   conv\n  flatten dense   output"
    assert after(text.replace("   conv\n", "   c|onv\n"), "Change to convbn") == text.replace(
        "   conv\n", "   convbn\n"
    )


def test_comments_stay() -> None:
    text = "input conv(\n  filters=3, // three\n  strides=1\n) output"
    assert "// three" in after(text.replace("filters", "fil|ters"), "Make")
    assert "// three" in whole(text, INFERRED)


def test_fix_all_applies_what_can_be_applied_together() -> None:
    assert whole("input cnov dens flaten dense output", FIX_ALL).startswith("input conv ")
    text = whole("input cnov [ (conv, Empty) flaten dense output(klasses=3)", FIX_ALL)
    assert text == "input conv [ (conv, Empty)] flatten dense output(classes=3)"


def test_training_and_data_set_stay_the_same() -> None:
    text = "training(epochs=36, seed=3) input(dataset=cifar10) conv(strides=1) output(classes=10)"
    left = whole(text, INFERRED)
    assert left == "training(seed=3) input(dataset=cifar10) conv output"


@settings(max_examples=25)
@given(programs(arguments=True))
def test_explicit_writes_everything_and_keeps_the_network(text: str) -> None:
    before = analyse(text)
    explicit = analyse(whole(text, EXPLICIT))
    assert explicit.network.hash == before.network.hash
    if not before.ok:
        return
    for item in explicit.tree.walk():
        assert not isinstance(item, Merge) or item.join
        layer = item.join if isinstance(item, Merge) else item
        if isinstance(layer, Layer) and layer.word.text != "input":
            assert set(arguments(layer)) == {p.name for p in WORDS[layer.word.text].hyperparameters}
    assert whole(explicit.text, EXPLICIT) == explicit.text


@settings(max_examples=25)
@given(programs(arguments=True), st.booleans())
def test_leaving_out_keeps_the_network(text: str, explicit: bool) -> None:
    before = analyse(text)
    start = whole(text, EXPLICIT) if explicit else text
    back = analyse(whole(start, INFERRED))
    assert back.network.hash == before.network.hash
    assert back.network.dataset == before.network.dataset or explicit
    assert whole(back.text, INFERRED) == back.text


@settings(max_examples=25)
@given(programs())
def test_explicit_and_back_leaves_nothing_written(text: str) -> None:
    before = analyse(text)
    if not before.ok:
        return
    explicit = whole(text, EXPLICIT)
    assert "=" in explicit
    back = analyse(whole(explicit, INFERRED))
    assert back.network.hash == before.network.hash
    assert "=" not in back.text


@settings(max_examples=25)
@given(programs(arguments=True), st.data())
def test_no_action_makes_an_error(text: str, data: st.DataObject) -> None:
    analysis = analyse(text)
    start = data.draw(st.integers(0, len(text)))
    place = Span(start, data.draw(st.integers(start, min(start + 30, len(text)))))
    for action in actions(analysis, place, [""]):
        edits = action.edits()
        new = analyse(applied(text, edits))
        assert errors(new) <= errors(analysis), action.title


@settings(max_examples=40)
@given(programs(arguments=True), st.data())
def test_unwrapping_what_was_wrapped_gives_the_same_network(text: str, data: st.DataObject) -> None:
    analysis = analyse(text)
    items = [item for item in analysis.tree.walk() if isinstance(item, Layer) and item.word.text.endswith("conv")]
    place = data.draw(st.sampled_from(items)).word.span if items else Span(0, 0)
    for wrap in [action for action in actions(analysis, place, [REWRITE]) if action.title.startswith("Wrap")]:
        wrapped = analyse(applied(text, wrap.edits()))
        assert len(wrapped.network.nodes) == len(analysis.network.nodes) + 1
        inside = Span(place.start + len("[ ("), place.start + len("[ ("))
        (unwrap,) = [action for action in actions(wrapped, inside) if action.title.startswith("Unwrap")]
        assert analyse(applied(wrapped.text, unwrap.edits())).network.hash == analysis.network.hash


@settings(max_examples=50)
@given(texts(), st.integers(0, 200), st.integers(0, 200))
def test_any_text_has_its_actions(text: str, start: int, end: int) -> None:
    place = Span(min(start, end, len(text)), min(max(start, end), len(text)))
    analysis = analyse(text)
    for action in actions(analysis, place, [""]):
        assert errors(analyse(applied(text, action.edits()))) <= errors(analysis)


@settings(max_examples=25)
@given(programs(arguments=True), st.data())
def test_networks_are_the_same_layer_by_layer_where_their_hashes_are(text: str, data: st.DataObject) -> None:
    """Of texts one of which lacks an argument: what the rewrites compare."""
    before = analyse(text)
    layers = [item for item in before.tree.walk() if isinstance(item, Layer) and item.arguments]
    layer = data.draw(st.sampled_from(layers or [None]))
    if layer is None:
        return
    left = list(arguments(layer).items())
    left.remove(data.draw(st.sampled_from(left)))
    after = before.edited([Edit(layer.span, f"{layer.word.text}({', '.join(map('='.join, left))})")])
    assert same_network(before.network, after.network) is (before.network.hash == after.network.hash)
