"""Hover: what is said about the character under the mouse."""

from __future__ import annotations

import re

import pytest
from cursor import at_cursor
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import analyse
from cnngen.server.features.figures import as_written, memory, rounded, share
from cnngen.server.features.hover import hover
from cnngen.server.features.markdown import code, plain, table

RESNET = "input(dataset=cifar10) conv(filters=16) add(activation=relu) [ (conv(strides=2), conv) ] flatten dense output"


def said(text: str) -> tuple[str, str]:
    """What a hover at the cursor marks, and what it says without Markdown's marks."""
    analysis, offset = at_cursor(text)
    found = hover(analysis, offset)
    assert found is not None
    return analysis.text[slice(*found.span)], plain(found.text)


def test_a_word_tells_its_shapes_its_values_with_their_reasons_its_costs_and_its_share() -> None:
    marked, text = said("input(dataset=cifar10) con|v(filters=8, padding=valid) flatten dense output")
    assert marked == "conv"
    assert text == (
        "conv – A convolution.\n"
        "\n"
        "32×32×3 → 30×30×8, named conv_1\n"
        "\n"
        "224 parameters (0.3 % of the network) · 194,400 MACs (73.0 %) · 28.1 KiB of outputs (41.2 %) · sees 3×3 pixels\n"
        "\n"
        "hyper-parameter     value           why\n"
        "filters             8               written\n"
        "kernel_size         3               the usual value\n"
        "strides             1               the usual value\n"
        "padding             valid           written\n"
        "activation          relu            the usual value\n"
        "use_bias            true            the usual value\n"
        "kernel_initializer  glorot_uniform  the usual value"
    )


def test_a_value_that_was_solved_says_so() -> None:
    _, text = said(RESNET.replace(", conv)", ", |conv)"))
    assert "strides             2               solved, so that the lanes of the merge meet" in text


@pytest.mark.parametrize("word", ["convbn", "bnconv"])
def test_an_activation_is_that_of_the_node_which_has_it(word: str) -> None:
    assert "activation          relu            the usual value" in said(f"input |{word} flatten dense output")[1]
    _, text = said(f"input |{word}(activate=norm) flatten dense output")
    assert "activation          relu            the usual value" in text
    _, text = said(f"input |{word}(activate=norm, activation=linear) flatten dense output")
    assert "activation          linear          written" in text


def test_an_activation_behind_the_normalisation_is_told_as_written() -> None:
    _, text = said("input |convbn(activate=norm, activation=tanh) flatten dense output")
    assert "activation          tanh            written" in text
    assert "activate            norm            written" in text
    assert "named conv_1, batch_norm_1" in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("input |convbn flatten dense output", "conv            the usual value"),
        ("defaults(activate=norm) input |convbn flatten dense output", "norm            from defaults(…)"),
        ("defaults(activate=norm) input |convbn(activate=conv) flatten dense output", "conv            written"),
    ],
)
def test_where_the_activation_stands_is_told_with_its_reason(text: str, why: str) -> None:
    assert f"activate            {why}" in said(text)[1]


@pytest.mark.parametrize("place", ["|[", "[ |(", "|, conv", "|) ]", ") |]", "|add"])
def test_brackets_commas_and_the_join_tell_how_the_lanes_meet(place: str) -> None:
    marked, text = said(RESNET.replace(place.replace("|", ""), place, 1))
    assert marked in ("[", "(", ",", ")", "]", "add")
    assert "left lane       1 layer  32×32×16  16×16×32" in text
    assert "right lane      1 layer  32×32×16  16×16×32" in text
    assert "add, then relu  add_1              16×16×32" in text


def test_lanes_that_do_not_meet_are_told_with_both_shapes() -> None:
    _, text = said("input conv |[ (conv(filters=3), conv(filters=4)) ] flatten dense output")
    assert "The lanes do not meet: 8×8×3 on the left, 8×8×4 on the right." in text


def test_each_body_of_a_merge_has_its_own_lanes() -> None:
    _, text = said("input conv [ (conv, conv) |(conv conv, Empty) ] flatten dense output")
    assert "left lane 2   2 layers  8×8×32  8×8×32" in text
    assert "right lane 2  identity  8×8×32  8×8×32" in text
    assert "left lane 1" not in text


def test_empty_tells_what_goes_on() -> None:
    assert "8×8×32 goes on unchanged to add_1" in said("input conv [ (conv, |Empty) ] flatten dense output")[1]


def test_input_tells_the_images_and_the_networks_totals() -> None:
    _, text = said("training(batch_size=10) |input conv(filters=4) flatten dense output")
    assert "- data set: digits, 1,797 handwritten digits" in text
    assert "- images: 8×8×1, 10 classes" in text
    assert "- layers: 4, of which 4 on the longest path" in text
    assert "- parameters: 2,610" in text
    assert "at least, modelled: adam, 10 images a step" in text


def test_output_tells_the_classes_and_where_they_come_from() -> None:
    assert "- classes: 10, those of digits" in said("input conv flatten dense |output")[1]
    text = "input(shape=(8, 8, 1)) conv flatten dense |output(classes=3)"
    assert "- classes: 3, written" in said(text)[1]


def test_training_tells_every_value_and_its_source() -> None:
    _, text = said("|training(epochs=3) input conv flatten dense output")
    assert "epochs            3      written" in text
    assert "test_split        0.2    the CNNGen paper, section 6.1" in text
    assert (
        "- left out: beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=false, weight_decay=0, schedule=constant," in text
    )
    assert "momentum" not in text  # adam has none


def test_defaults_tell_how_many_layers_take_a_value() -> None:
    _, text = said("|defaults(activation=elu) input conv conv(activation=relu) [ (conv, Empty) ] dense output")
    assert "activation       elu    3 layers  activation function" in text


@pytest.mark.parametrize("text", ["conv(fil|ters=8)", "conv(filters=|8)", "conv(filters|=8)"])
def test_a_hyper_parameter_tells_what_it_takes_and_where_its_default_comes_from(text: str) -> None:
    marked, told = said(f"input {text} flatten dense output")
    assert marked in ("filters", "8", "filters=8")
    assert told == (
        "filters of conv – Output channels.\n"
        "\n"
        "- takes a whole number from 1 to 65,536\n"
        "- left out: 32, doubled after each reduction of the image, up to 512; in a merge, what makes the lanes meet "
        "(the language page, section 3)\n"
        "- in Keras: layers.Conv2D.filters\n"
        "- here: 8, written"
    )


def test_a_value_that_does_not_fit_tells_what_is_used_instead() -> None:
    assert said("input conv(kernel_size=|many) flatten dense output")[1].endswith("- here: 3, the usual value")


def test_a_data_sets_name_tells_its_images() -> None:
    _, text = said("input(dataset=|cifar100) conv flatten dense output")
    assert "60,000 photographs in 100 classes (Krizhevsky, 2009); 32×32×3, 100 classes" in text


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        (
            "input cn|ov dense output",
            "cnov is no word of the language: conv is probably meant.\n\nconv – A convolution",
        ),
        ("input xyzzyxyzzy| output", "xyzzyxyzzy is no word of the language."),
        ("input conv(filtres|=3) output", "conv has no hyper-parameter filtres: filters is probably meant.\n\nfilters"),
        ("input conv(channels|=3) output", "conv has no hyper-parameter channels: filters is probably meant."),
        ("input flatten(x|=3) output", "flatten has no hyper-parameter x."),
    ],
)
def test_what_is_misspelt_tells_what_is_probably_meant(text: str, beginning: str) -> None:
    assert said(text)[1].startswith(beginning)


def test_a_caret_behind_a_word_is_at_that_word() -> None:
    assert said("input conv flatten| dense output")[0] == "flatten"


@pytest.mark.parametrize(
    "text",
    ["|", "  |  input", "// wo|rds\ninput", "input /* ( |, */ conv", "input [ (conv, /*|*/ conv) ]", "input @| x"],
)
def test_where_nothing_stands_nothing_is_said(text: str) -> None:
    assert hover(*at_cursor(text)) is None


@settings(max_examples=150)
@given(programs(arguments=True) | texts(), st.data())
def test_a_hover_at_any_place_of_any_text_marks_that_place_or_none(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    found = hover(analyse(text), offset)
    if found is not None:
        assert found.span.start <= offset <= found.span.end <= len(text)
        assert plain(found.text)


def test_text_of_a_user_cannot_end_its_quotation_nor_a_cell() -> None:
    assert code("a`b\nc") == "`a'b c`"
    assert plain(table(("x", "y"), [("a|b", "c")])) == "x    y\na|b  c"


def test_figures_are_short_and_have_their_units() -> None:
    assert [rounded(n) for n in (0, 999, 1000, 1234, 41_234_567, 999_950)] == [
        "0",
        "999",
        "1.0 k",
        "1.2 k",
        "41 M",
        "1.0 M",
    ]
    assert [memory(n) for n in (40, 2048, 5 * 2**20)] == ["40 B", "2.0 KiB", "5.0 MiB"]
    assert [share(1, 3), share(1, 10**6), share(0, 0)] == ["33.3 %", "below 0.1 %", "0 %"]
    assert [as_written(v) for v in ((3, 3), (3, 1), True, 0.001, None)] == ["3", "(3, 1)", "true", "0.001", "linear"]


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("", "32, for nothing before reduces the image"),
        ("conv max_pooling", "32, doubled after the reduction of the image"),
        ("conv max_pooling conv max_pooling", "32, doubled after each of the 2 reductions of the image"),
        (
            " ".join(["conv max_pooling"] * 5),
            "32, doubled after each of the 5 reductions of the image, up to 512",
        ),
    ],
)
def test_inferred_filters_tell_how_often_they_doubled(before: str, why: str) -> None:
    text = said(f"input(shape=(64, 64, 1)) {before} |conv flatten dense output")[1]
    assert re.search(f"^filters +[0-9]+ +{why}$", text, re.MULTILINE)
