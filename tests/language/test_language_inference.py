"""What is left out of a program is inferred by the rules of the language page, section 3, never drawn at random."""

import pytest
from hypothesis import given, settings
from programs import programs

from cnngen.language import DATASETS, Analysis, Code, Node, analyse
from cnngen.language.identity import network_hash
from cnngen.language.resolve.solve import Window, solve_window


def resolved(features: str, head: str = "flatten dense") -> Analysis:
    """A program between input and output on 32x32x3 images."""
    return analyse(f"input(dataset=cifar10) {features} {head} output")


def node(found: Analysis, name: str) -> Node:
    return next(node for node in found.network.nodes if node.name == name)


def test_the_same_text_always_means_the_same_network() -> None:
    text = "input conv [ (conv max_pooling, conv) ] flatten dense output"
    assert analyse(text).network == analyse(text).network


@pytest.mark.parametrize("name", ["conv", "sepconv"])
def test_rule_3_a_convolution_has_kernel_3_stride_1_same_and_relu(name: str) -> None:
    args = node(resolved(name), f"{name}_1").args
    assert args == {
        "filters": 32, "kernel_size": (3, 3), "strides": (1, 1), "padding": "same",
        "activation": "relu", "use_bias": True, "kernel_initializer": "glorot_uniform",
    }  # fmt: skip


def test_rule_3_an_upconv_doubles_the_image() -> None:
    assert node(resolved("upconv"), "upconv_1").shape == (64, 64, 32)


def test_rule_3_filters_start_at_32_and_double_after_each_reduction_up_to_512() -> None:
    found = resolved("conv max_pooling " * 5 + "conv")
    assert [n.args["filters"] for n in found.network.nodes if n.kind == "conv"] == [32, 64, 128, 256, 512, 512]


def test_rule_3_no_layer_sees_an_image_smaller_than_its_window() -> None:
    found = resolved("conv max_pooling " * 8 + "conv(padding=valid)")
    assert found.ok
    assert node(found, "max_pooling_8").shape == (1, 1, 512)
    assert node(found, "conv_9").args["kernel_size"] == (1, 1)


def test_a_pooling_steps_by_its_window_as_in_keras() -> None:
    assert node(resolved("conv avg_pooling(pool_size=4)"), "avg_pooling_1").args["strides"] == (4, 4)


def test_rule_1_a_lane_beside_empty_keeps_its_shape_with_all_that_is_nested_in_it() -> None:
    found = resolved("conv [ (max_pooling conv upconv [ (conv, conv) ] avg_pooling, Empty) ]")
    assert found.ok
    assert {n.shape for n in found.network.nodes[1:] if len(n.shape) == 3} == {(32, 32, 32)}


def test_rule_1_concatenation_beside_empty_keeps_the_size_only() -> None:
    found = resolved("conv(filters=5) concat [ (conv(filters=7), Empty) ]")
    assert node(found, "concat_1").shape == (32, 32, 12)


def test_rule_2_a_free_stride_takes_the_reduction_with_kernel_1() -> None:
    found = resolved("conv [ (conv max_pooling conv(filters=48), conv) ]")
    args = node(found, "conv_4").args
    assert (args["filters"], args["kernel_size"], args["strides"], args["padding"]) == (48, (1, 1), (2, 2), "same")


def test_rule_2_a_size_that_no_stride_reaches_takes_the_smallest_kernel_that_does() -> None:
    found = resolved("conv [ (conv(kernel_size=5, padding=valid), conv) ]")
    args = node(found, "conv_3").args
    assert (args["kernel_size"], args["strides"], args["padding"]) == ((5, 5), (1, 1), "valid")


def test_rule_2_an_explicit_kernel_is_kept_where_the_stride_is_solved() -> None:
    found = resolved("conv [ (conv max_pooling, conv(kernel_size=5)) ]")
    assert (node(found, "conv_3").args["kernel_size"], node(found, "conv_3").args["strides"]) == ((5, 5), (2, 2))


def test_rule_2_where_the_right_lane_is_fixed_the_left_one_is_solved() -> None:
    found = resolved("conv [ (conv conv, conv(strides=2, filters=40)) ]")
    assert found.ok
    assert node(found, "add_1").shape == (16, 16, 40)
    assert node(found, "conv_2").args["strides"] == (2, 2)
    assert node(found, "conv_3").args["filters"] == 40


def test_rule_2_a_right_upconv_meets_an_enlarged_left_lane() -> None:
    assert node(resolved("conv [ (upconv upconv, upconv) ]"), "add_1").shape == (128, 128, 32)


def test_an_enlarged_left_lane_and_a_right_convolution_cannot_meet() -> None:
    found = resolved("conv [ (upconv(strides=2), conv) ]")
    assert [d.code for d in found.diagnostics] == [Code.JOIN_SHAPES]


@pytest.mark.parametrize(
    ("features", "size"),
    [
        # The right lane cannot reach what rule 3 makes of the left one, so the left one is solved.
        ("conv [ (upconv, conv) ]", 32),
        ("conv [ (conv upconv(strides=3) conv, conv) ]", 32),
        ("conv [ (conv(padding=valid), sepconv(padding=same)) ]", 32),
        ("conv [ (max_pooling conv, upconv) ]", 32),
        # A merge inside a lane reduces or enlarges, and a layer beside it makes up for it.
        ("conv [ (conv [ (conv(strides=2), conv) ], conv(strides=2)) ]", 16),
        ("conv [ (upconv [ (conv(strides=2), conv) ], Empty) ]", 32),
        ("conv [ (upconv [ ([ (conv(strides=2), conv) ], conv(strides=2)) ], Empty) ]", 32),
        ("conv [ ([ (upconv(strides=2), upconv) ] conv, Empty) ]", 32),
        # A body that cannot change leaves it to another.
        ("conv [ ([ (conv, conv) (conv(strides=1, padding=same), conv) ], conv(strides=2)) ]", 16),
        ("conv [ ([ (conv(strides=2), conv) (upconv, upconv) ], Empty) ]", 32),
        ("conv [ ([ (conv, conv(strides=2)) ] upconv, Empty) ]", 32),
    ],
)
def test_rule_2_lanes_meet_where_free_values_let_them_also_past_merges(features: str, size: int) -> None:
    found = resolved(features)
    assert found.ok, [d.message for d in found.diagnostics]
    assert next(n for n in reversed(found.network.nodes) if n.kind == "add").shape[:2] == (size, size)


def test_rule_2_filters_that_a_right_lane_writes_are_taken_by_the_left_one_inside_other_lanes_too() -> None:
    found = resolved("conv [ (conv [ (conv, conv(filters=7)) ] conv, Empty) ]")
    assert found.ok
    assert node(found, "add_1").shape == (32, 32, 7)


def test_a_merge_is_planned_for_a_limited_number_of_sizes_however_deep_it_lies() -> None:
    """Each level has several ways to try, so without a limit this would not end."""
    lane = "[ (convbn(filters=5) conv(kernel_size=2, strides=1, padding=valid) "
    rest = " conv(kernel_size=3) conv avg_pooling(strides=1, padding=valid), sepconv(strides=2) sepconv) ]"
    found = analyse(f"input(shape=(64, 64, 3)) conv {lane * 40}conv{rest * 40} flatten dense output")
    assert found.network.totals.layers > 40 * 7


@pytest.mark.parametrize("size", range(1, 33))
def test_rule_2_one_free_convolution_takes_any_size_up_to_32_to_any_smaller_one(size: int) -> None:
    for wanted in range(1, size + 1):
        solved = solve_window(Window(None, None, None), (size, size), ((wanted, wanted),) * 2, (3, 3))
        assert solved is not None
        assert solved.output((size, size)) == (wanted, wanted)


def test_the_right_lane_of_a_second_body_goes_on_from_where_the_first_ended() -> None:
    found = resolved("conv [ (conv, conv) (conv, conv) ]")
    inputs = {n.name: n.inputs for n in found.network.nodes}
    ids = {n.name: n.id for n in found.network.nodes}
    assert inputs["conv_4"] == (ids["add_1"],)
    assert inputs["conv_5"] == (ids["conv_3"],)
    assert inputs["add_2"] == (ids["conv_4"], ids["conv_5"])


def test_empty_in_a_second_body_leaves_the_right_lane_as_it_is() -> None:
    found = resolved("conv [ (conv, conv) (conv, Empty) ]")
    ids = {n.name: n.id for n in found.network.nodes}
    assert node(found, "add_2").inputs == (ids["conv_4"], ids["conv_3"])


def test_a_join_that_cannot_be_solved_names_both_shapes_and_the_layers_that_fixed_them() -> None:
    text = "input(dataset=cifar10) conv [ (conv(strides=2), Empty) ] flatten dense output"
    (found,) = analyse(text).diagnostics
    assert found.code is Code.JOIN_SHAPES
    assert "16×16×32" in found.message
    assert "32×32×32" in found.message
    assert text[slice(*found.related[0].span)] == "conv(strides=2)"
    assert text[slice(*found.span)] == "(conv(strides=2), Empty)"


def test_a_join_of_several_lines_is_marked_at_what_opens_it() -> None:
    body = "(\n conv(strides=2),\n Empty\n)"
    text = f"input(dataset=cifar10) conv add(activation=relu) [ {body} {body} ] flatten dense output"
    places = [text[slice(*found.span)] for found in analyse(text).diagnostics]
    assert places == ["add(activation=relu) [", "("]


def test_a_lane_whose_channels_are_written_is_fixed_by_that_layer_even_where_it_changes_none() -> None:
    text = "input(dataset=cifar10) conv [ (conv(filters=64), conv(filters=32)) ] flatten dense output"
    (found,) = analyse(text).diagnostics
    assert [text[slice(*related.span)] for related in found.related] == ["conv(filters=64)", "conv(filters=32)"]


def test_defaults_hold_for_every_layer_that_takes_them_but_not_for_the_classifier() -> None:
    found = analyse("defaults(activation=tanh, kernel_initializer=he_normal) input conv flatten dense dense output")
    assert [n.args["activation"] for n in found.network.nodes if "activation" in n.args] == ["tanh", "tanh", "softmax"]
    assert node(found, "conv_1").args["kernel_initializer"] == "he_normal"


def test_convbn_normalises_behind_the_convolution_and_bnconv_before_it() -> None:
    kinds = [n.kind for n in resolved("convbn bnconv").network.nodes]
    assert kinds[1:5] == ["conv", "batch_norm", "batch_norm", "conv"]


@pytest.mark.parametrize("word", ["convbn", "bnconv"])
def test_activate_norm_puts_the_activation_behind_the_normalisation(word: str) -> None:
    plain, moved = resolved(word), resolved(f"{word}(activate=norm)")
    assert (node(plain, "conv_1").args["activation"], node(plain, "batch_norm_1").args["activation"]) == ("relu", None)
    assert (node(moved, "conv_1").args["activation"], node(moved, "batch_norm_1").args["activation"]) == (
        "linear",
        "relu",
    )


def test_a_join_takes_an_activation() -> None:
    found = resolved("conv add(activation=relu) [ (conv, Empty) ]")
    assert node(found, "add_1").args["activation"] == "relu"


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_shape_and_classes_follow_from_the_data_set(name: str) -> None:
    network = analyse(f"input(dataset={name}) conv flatten dense output").network
    assert network.nodes[0].shape == DATASETS[name].shape
    assert network.nodes[-1].shape == (DATASETS[name].classes,)


def test_a_data_set_from_outside_overrides_the_program_s_own() -> None:
    found = analyse("input(shape=(9, 9, 1)) conv flatten dense output(classes=3)", dataset=DATASETS["cifar100"])
    assert found.ok
    assert found.network.nodes[0].shape == (32, 32, 3)
    assert found.network.classes == 100


def test_training_says_how_to_train_and_is_no_part_of_the_network_s_identity() -> None:
    found = analyse("training(epochs=3, optimizer=sgd, learning_rate=0.1, seed=7) input conv flatten dense output")
    assert (found.network.training.epochs, found.network.training.optimizer) == (3, "sgd")
    assert found.network.hash == analyse("input(dataset=digits) conv flatten dense output").network.hash


def test_two_texts_that_mean_the_same_network_have_the_same_hash() -> None:
    short = analyse("input conv [ (conv, Empty) ] flatten dense output").network
    long = analyse(
        "input(shape=(8, 8, 1)) conv(filters=32, kernel_size=(3, 3)) // a\n"
        "add [ (conv(padding=same, strides=1), Empty) ] flatten dense(units=10) output(classes=10)"
    ).network
    assert short.hash == long.hash
    assert short.hash != analyse("input conv [ (conv, Empty) ] flatten dense(use_bias=false) output").network.hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("conv(activation=swish)", "conv(activation=silu)", id="two names of one function"),
        pytest.param("convbn conv", "conv bnconv", id="which word brings the normalisation"),
        pytest.param("conv [ (conv, sepconv) ]", "conv [ (sepconv, conv) ]", id="lanes of a sum"),
        pytest.param(
            "conv [ (conv, Empty) ] [ (conv, Empty) ]", "conv add [ (conv, Empty) ] [ (conv, Empty) ]", id="add written"
        ),
    ],
)
def test_the_hash_is_that_of_the_graph(one: str, other: str) -> None:
    assert _hash(one) == _hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("conv concat [ (conv, sepconv) ]", "conv concat [ (sepconv, conv) ]", id="channels have an order"),
        pytest.param("conv [ (conv, Empty) ]", "conv [ (conv, conv) ]", id="a layer more"),
    ],
)
def test_other_graphs_have_another_hash(one: str, other: str) -> None:
    assert _hash(one) != _hash(other)


def test_a_layer_that_two_read_is_not_a_layer_that_is_there_twice() -> None:
    # In both, s is there three times, f twice, g and h once, and every layer has the same ways that lead to it.
    shared_first = [("input", ()), ("s", (0,)), ("f", (1,)), ("g", (1,)), ("add []", (2, 3))]
    shared_first += [("s", (0,)), ("s", (0,)), ("f", (5,)), ("h", (6,)), ("add []", (7, 8)), ("add []", (4, 9))]
    shared_last = [("input", ()), ("s", (0,)), ("s", (0,)), ("f", (1,)), ("g", (2,)), ("add []", (3, 4))]
    shared_last += [("s", (0,)), ("f", (6,)), ("h", (6,)), ("add []", (7, 8)), ("add []", (5, 9))]
    assert network_hash(shared_first, (8, 8, 1), 10) != network_hash(shared_last, (8, 8, 1), 10)


def _hash(features: str) -> str:
    found = analyse(f"input {features} flatten dense output")
    assert found.ok, found.diagnostics
    return found.network.hash


@settings(max_examples=150)
@given(programs(arguments=True))
def test_the_canonical_text_means_the_same_network(text: str) -> None:
    first = analyse(text)
    if first.ok:
        again = analyse(first.network.canonical)
        assert again.ok, again.diagnostics
        assert again.network.hash == first.network.hash
        assert [(n.kind, n.args, n.inputs, n.shape) for n in again.network.nodes] == [
            (n.kind, n.args, n.inputs, n.shape) for n in first.network.nodes
        ]


@settings(max_examples=150)
@given(programs())
def test_a_program_without_explicit_values_always_resolves(text: str) -> None:
    found = analyse(text)
    assert {d.code for d in found.diagnostics if d.severity == "error"} <= {Code.COST}


def test_costs_are_those_of_the_formulas() -> None:
    found = analyse("input(dataset=cifar10) conv(filters=6, kernel_size=5, padding=valid) flatten dense output")
    conv, dense = found.network.nodes[1], found.network.nodes[3]
    assert (conv.params, conv.macs, conv.activation_bytes) == (
        5 * 5 * 3 * 6 + 6,
        28 * 28 * 5 * 5 * 3 * 6,
        28 * 28 * 6 * 4,
    )
    assert (dense.params, dense.macs) == (28 * 28 * 6 * 10 + 10, 28 * 28 * 6 * 10)
    totals = found.network.totals
    assert (totals.layers, totals.params, totals.macs) == (4, conv.params + dense.params, conv.macs + dense.macs)
