"""Fixes hold: each one that is offered removes its diagnostic and adds no error, whatever else is wrong."""

from collections import Counter

import pytest
from hypothesis import given, settings
from programs import faulty_programs, programs

from cnngen.language import DATASETS, Analysis, Code, Severity, analyse, applied, with_working_fixes, working_fixes

SOUND = "input(dataset=cifar10) conv(filters=8) [ (conv dropout, Empty) (conv, conv(filters=8)) ] max_pooling flatten dropout dense(units=9) dense output"


def errors(found: Analysis) -> Counter[Code]:
    return Counter(diagnostic.code for diagnostic in found.diagnostics if diagnostic.severity is Severity.ERROR)


def offered(text: str, code: Code = Code.JOIN_SHAPES) -> dict[str, str]:
    """The title of each fix of the first diagnostic with this code, and the text that it leads to."""
    found = analyse(text)
    first = next(diagnostic for diagnostic in found.diagnostics if diagnostic.code is code)
    return {fix.title: applied(text, fix.edits) for fix in working_fixes(found, first)}


def hold(text: str) -> None:
    found = analyse(text)
    for diagnostic in found.diagnostics:
        for fix in working_fixes(found, diagnostic):
            fixed = analyse(applied(text, fix.edits))
            gone = errors(found) - errors(fixed)
            assert not errors(fixed) - errors(found), (fix, fixed.text)
            if diagnostic.severity is Severity.ERROR:
                assert gone[diagnostic.code] > 0, (fix, fixed.text)
            else:
                left = [other for other in fixed.diagnostics if other.code is diagnostic.code]
                assert len(left) < len([d for d in found.diagnostics if d.code is diagnostic.code]), (fix, fixed.text)


@settings(max_examples=60)
@given(faulty_programs())
def test_each_offered_fix_of_a_faulty_text_removes_its_diagnostic_and_adds_no_error(text: str) -> None:
    hold(text)


@settings(max_examples=40)
@given(programs(arguments=True))
def test_each_offered_fix_of_unsound_values_removes_its_diagnostic_and_adds_no_error(text: str) -> None:
    hold(text)


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("conv dropout", "cnov dropout"),
        SOUND.replace("flatten ", ""),
        SOUND.replace(" output", ""),
        SOUND.replace(" ]", ""),
        SOUND.replace("(conv dropout, Empty)", "(conv dropout)"),
        SOUND.replace("units=9", "units=0"),
        SOUND.replace("units=9", "9"),
        SOUND.replace("units=9", "unit=9"),
        SOUND.replace("filters=8", "filters=8, filters=8"),
        SOUND.replace("(filters=8) [", "(filters=9) ["),
        SOUND.replace("(conv dropout", "(conv(strides=2) dropout"),
        SOUND.replace("dense output", "dense(units=11) output"),
        SOUND.replace("dense output", "dense output(classes=11)"),
        SOUND.replace("dense(units=9) dense output", "output"),
        SOUND.replace("dropout dense", "dropout(rate=1) dense"),
        SOUND.replace("max_pooling", "max_pooling max_pooling"),
        SOUND.replace("max_pooling", "max_pooling dropout"),
        SOUND.replace("(conv dropout,", "(conv max_pooling dropout,"),
        SOUND.replace("(units=9)", "(unit=9, use_bias=yes, activation=None)"),
        SOUND.replace("dropout dense", "dropout(rate=20) dense"),
        SOUND.replace("(units=9)", "(9, relu, 3)"),
        SOUND.replace("(units=9)", "(groups=9, units=9)"),
        SOUND.replace("(units=9)", "(units=, use_bias=true)"),
        SOUND.replace("max_pooling", "conv(kernel_size=40, padding=valid)"),
        SOUND.replace("max_pooling", "conv(kernel_size=(40, 9), padding=valid)"),
        "input(shape=(2048, 2048, 3)) conv flatten dropout dense output",
        "input conv flatten output",
        SOUND.replace("dataset=cifar10", "dataset=cifar10, shape=(3, 3, 3)"),
        "input conv [ (conv(filters=8), conv(filters=9)) ] flatten dense output",
        "input conv output",
        "input flatten dense output",
        "input dropout flatten dense output",
        "input dense dense output",
        "input output",
        "",
    ],
)
def test_a_fault_in_a_sound_program_has_fixes_and_they_hold(text: str) -> None:
    found = analyse(text)
    assert found.diagnostics or text.startswith("input(dataset=cifar10) conv(filters=9)")
    hold(text)
    if any(diagnostic.fixes for diagnostic in found.diagnostics):
        assert any(working_fixes(found, diagnostic) for diagnostic in found.diagnostics)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "input conv [ (conv(strides=2), Empty) ] flatten dense output",
            ["Put a convolution on the right lane", "Write strides=1 on the left lane"],
        ),
        (
            "input conv [ (upconv(strides=2), Empty) ] flatten dense output",
            ["Put a convolution on the right lane", "Write strides=1 on the left lane"],
        ),
        (
            "input conv [ (conv(kernel_size=5, padding=valid), Empty) ] flatten dense output",
            ["Put a convolution on the right lane", "Write padding=same on the left lane"],
        ),
        (
            "input conv [ (conv(filters=8), conv(filters=16)) ] flatten dense output",
            [
                "Write filters=8 on the right lane",
                "Write filters=16 on the left lane",
                "Concatenate the channels instead",
            ],
        ),
        (
            "input conv [ (conv(strides=2, padding=same), conv(strides=4)) ] flatten dense output",
            ["Write strides=2 on the right lane", "Write strides=4 on the left lane"],
        ),
        (
            "input conv [ (upconv(strides=2), conv) ] flatten dense output",
            [
                "Write strides=1 on the left lane",
                "Insert upconv(filters=32, kernel_size=3, strides=2, padding=same) on the right lane",
            ],
        ),
        (
            "input conv [ (concat [ (conv, Empty) ], Empty) ] flatten dense output",
            [
                "Put a convolution on the right lane",
                "Concatenate the channels instead",
                "Insert conv(filters=32, kernel_size=1) on the left lane",
            ],
        ),
        (
            "input conv [ (conv(strides=2, filters=7) max_pooling(strides=3), Empty) ] flatten dense output",
            ["Put a convolution on the right lane", "Write strides=1, filters=32 on the left lane"],
        ),
    ],
)
def test_a_join_is_mended_by_a_value_that_fits_a_projection_or_another_join(text: str, titles: list[str]) -> None:
    found = offered(text)
    assert list(found)[: len(titles)] == titles
    assert all(analyse(fixed).ok for fixed in found.values())


def test_a_value_that_fits_is_written_where_the_old_one_stands() -> None:
    found = offered("input conv [ (conv(strides = 1, padding=same), conv( strides=2, )) ] flatten dense output")
    assert list(found.values())[:2] == [
        "input conv [ (conv(strides = 1, padding=same), conv( strides=1, )) ] flatten dense output",
        "input conv [ (conv(strides=2, padding=same), conv( strides=2, )) ] flatten dense output",
    ]


def test_a_projection_stands_before_the_pooling_that_closes_a_lane() -> None:
    found = offered("input conv [ (conv(strides=2) max_pooling(strides=1), Empty) ] flatten dense output")
    inserted = [fixed for title, fixed in found.items() if title.startswith("Insert upconv")]
    assert [text.index("upconv") < text.index("max_pooling") for text in inserted] == [True]


def test_a_fix_that_would_bring_another_error_is_not_offered() -> None:
    """The second join fits only while the first one's lane is smaller than its skip."""
    text = "input conv [ (conv(strides=2), Empty) (upconv(strides=2), Empty) ] flatten dense output"
    assert "Put a convolution on the right lane" not in offered(text)


def test_a_lane_that_is_not_written_yet_is_one_report() -> None:
    found = analyse("input conv [ (conv(strides=2)) ] flatten dense output")
    assert list(errors(found)) == [Code.MISSING_PUNCTUATION]


def test_fixes_are_tried_on_the_data_set_of_the_analysis() -> None:
    found = analyse("input conv(kernel_size=20, padding=valid) flatten dense output", dataset=DATASETS["mnist"])
    assert found.ok
    found = analyse("input conv [ (conv(strides=4), conv(strides=2)) ] flatten dense", dataset=DATASETS["cifar10"])
    assert all(fixes.fixes for fixes in with_working_fixes(found, found.diagnostics))


def test_a_program_with_very_many_faults_has_fixes_for_the_first_ones() -> None:
    found = analyse("input " + "cnov " * 1_000 + "flatten dense output")
    fixed = with_working_fixes(found, found.diagnostics)
    assert [other.message for other in fixed] == [other.message for other in found.diagnostics]
    assert fixed[0].fixes
    assert not fixed[-1].fixes


@pytest.mark.parametrize(
    "merge",
    [
        # five filters in the first body would do
        "add [ (conv, conv) (conv(filters=5), Empty) ]",
        # drawn at random; an exhaustive search solves it
        "add [ (bnconv dropout sepconv sepconv(kernel_size=(1, 3), filters=8) dropout max_pooling, sepconv) "
        "(avg_pooling(padding=same, pool_size=1, strides=3) conv conv max_pooling, Empty) ]",
    ],
)
def test_a_join_that_only_an_earlier_body_could_make_fit_has_fixes_that_work(merge: str) -> None:
    found = analyse(f"input(shape=(3, 4, 32)) {merge} flatten dense output")
    (error,) = [one for one in found.diagnostics if one.severity == "error"]
    assert error.code is Code.JOIN_SHAPES
    assert working_fixes(found, error)
