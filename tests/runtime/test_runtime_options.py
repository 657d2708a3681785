"""Options: checked by the language's own rules before anything is started."""

from __future__ import annotations

from typing import Any

import pytest

from cnngen.language import Training
from cnngen.runtime import CannotTrain, TrainOptions
from cnngen.runtime.driving.options import seconds_of


def test_what_is_not_given_is_what_the_program_says() -> None:
    program = Training(epochs=3, optimizer="sgd", seed=9)
    assert TrainOptions().training(program) == program
    changed = TrainOptions(epochs=5, learning_rate=1e-5).training(program)
    assert changed == Training(epochs=5, optimizer="sgd", seed=9, learning_rate=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1"),
        ({"batch_size": 1.5}, "batch_size takes a whole number"),
        ({"optimizer": "adm"}, "did you mean adam?"),
        ({"learning_rate": 0}, "learning_rate must be"),
        ({"learning_rate": float("nan")}, "learning_rate takes"),
        ({"test_split": 1.0}, "test_split must be"),
        ({"validation_split": -0.1}, "validation_split must be"),
        ({"seed": -1}, "seed must be"),
        ({"idle_s": -1}, "--idle must be"),
        ({"inference_s": float("nan")}, "--inference must be"),
        ({"max_energy_wh": float("inf")}, "--max-energy must be"),
        ({"max_time_s": 0.0}, "--max-time must be"),
        ({"device": "tpu"}, 'no device "tpu"'),
        ({"device": "gpu:"}, 'no device "gpu:"'),
    ],
)
def test_a_value_out_of_range_is_one_sentence(options: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotTrain) as caught:
        TrainOptions(**options).training(Training())
    assert said in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


def test_arguments_are_those_of_a_program() -> None:
    program = Training(optimizer="sgd", momentum=0.5, epochs=9)
    options = TrainOptions(arguments="momentum=0.9, schedule=piecewise_constant_decay, boundaries=(3, 6)", epochs=8)
    changed = options.training(program)
    assert changed == Training(
        optimizer="sgd", momentum=0.9, epochs=8, schedule="piecewise_constant_decay", boundaries=(3, 6)
    )
    assert TrainOptions(arguments="jit_compile=true").training(program).jit_compile is True
    assert TrainOptions(jit_compile=False).training(Training(jit_compile=True)).jit_compile is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"arguments": "momentun=0.9"}, "did you mean momentum?"),
        ({"arguments": "momentum=9"}, "'momentum' must be a number from 0 to below 1, not 9"),
        ({"arguments": "momentum=0.9"}, "momentum does not go with optimizer=adam"),
        ({"arguments": "momentum"}, "momentum"),
        ({"arguments": "nonsense ]["}, "--training nonsense"),
        ({"arguments": "clipnorm=1, clipvalue=1"}, "in one way only"),
        ({"arguments": "early_stopping=true", "validation_split": 0.0}, "write monitor=loss"),
        ({"arguments": "schedule=cosine_decay, warmup_epochs=3", "epochs": 2}, "A warm-up of 3 epochs"),
    ],
)
def test_arguments_that_do_not_fit_are_one_sentence(options: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotTrain) as caught:
        TrainOptions(**options).training(Training())
    assert said in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


def test_a_programs_option_that_another_optimizer_has_not_is_said_and_not_dropped() -> None:
    with pytest.raises(CannotTrain, match="momentum does not go with optimizer=adam"):
        TrainOptions(optimizer="adam").training(Training(optimizer="sgd", momentum=0.9))


@pytest.mark.parametrize("device", ["auto", "cpu", "gpu", "gpu:0", "gpu:12"])
def test_devices_have_these_names(device: str) -> None:
    assert TrainOptions(device=device).training(Training()) == Training()


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5 h", 5400), ("2d", 172_800), ("5min", 300)]
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "10 minutes", "-5", "1e3", "m"])
def test_what_is_no_time_is_one_sentence(text: str) -> None:
    with pytest.raises(CannotTrain, match="such as 10m"):
        seconds_of(text)
