"""The epochs of one run: training and validation in windows of their own, a line in the record for each epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cnngen.runtime.worker import training
from cnngen.runtime.worker.budget import Budget
from cnngen.runtime.worker.channel import Events, StopWish
from cnngen.runtime.worker.energy import Meter
from cnngen.runtime.worker.ledger import Ledger
from cnngen.runtime.worker.outlook import Outlook
from cnngen.runtime.worker.recipe import learning_rate_of

MEASURES = ("loss", "accuracy", "val_loss", "val_accuracy")


class Fitting:
    """Fits a model for so many epochs. `enter` tells that a phase begins, `keep` writes the record.

    `images` counts what was trained on, the batches of an epoch that was not finished included.
    """

    def __init__(
        self,
        *,
        meter: Meter,
        ledger: Ledger,
        events: Events,
        stop: StopWish,
        budget: Budget,
        outlook: Outlook,
        enter: Callable[[str, int | None], None],
        keep: Callable[[], None],
    ) -> None:
        self.images = 0
        self._meter, self._ledger, self._events = meter, ledger, events
        self._stop, self._budget, self._outlook = stop, budget, outlook
        self._enter, self._keep = enter, keep
        self._phase = "train"
        self._done = 0
        self._row: dict[str, Any] = {}

    def fit(
        self,
        model: Any,
        data: Any,
        validation: Any,
        epochs: int,
        batch_size: int,
        count: int,
        callbacks: Sequence[Any] = (),
    ) -> None:
        """Train on `count` images an epoch, with `callbacks` of Keras behind our own.

        The steps of an epoch and those of a validation are multiples of the model's `steps_per_execution`.

        Raises BudgetReached, Cancelled, RunError or whatever Keras raises.
        """
        self._model = model
        self._epochs, self._size, self._count = epochs, batch_size, count
        self._steps = len(data)
        self._outlook.begin()
        # Endless: Keras would set up the way to the batches anew twice an epoch, each time for some 9 ms of CPU time.
        checks: dict[str, Any] = {}
        if validation is not None:
            checks = {"validation_data": validation.repeat(), "validation_steps": len(validation)}
        model.fit(
            data.repeat(),
            steps_per_epoch=self._steps,
            **checks,
            epochs=epochs,
            verbose=0,
            shuffle=False,  # The data shuffles itself, with the run's seed.
            callbacks=[
                training.Switch(
                    on_train=self._train, on_validate=self._validate, on_epoch=self._end, on_batch=self._batch
                ),
                *callbacks,
            ],
        )

    def _images(self, step: int) -> int:
        """The images of an epoch's first batches; its last one may be a short one."""
        return min(step * self._size, self._count)

    def _train(self, epoch: int) -> None:
        self._row, self._done = {}, 0
        self._begin("train", epoch)

    def _validate(self, epoch: int) -> None:
        self._finish()
        self._begin("validate", epoch)

    def _begin(self, phase: str, epoch: int) -> None:
        self._phase = phase
        self._enter(phase, epoch)
        self._meter.begin(phase, epoch)

    def _finish(self) -> None:
        """Close the window of training or of validation."""
        window = self._meter.end()
        if window is not None:
            self._row[f"{self._phase}_duration_s"] = window.duration_s
            self._row[f"{self._phase}_energy_kwh"] = window.energy_total_kwh

    def _batch(self, epoch: int, step: int | None) -> None:
        """So many batches of the epoch are done; None: one or some of the validation."""
        self._stop.check()
        if not step:
            return
        self.images += self._images(step) - self._images(self._done)
        self._done = step
        self._events.progress(epoch, self._epochs, step, self._steps)
        self._budget.check()

    def _end(self, epoch: int, logs: dict[str, float]) -> None:
        self._finish()
        measures = {name: logs.get(name) for name in MEASURES}
        rate = learning_rate_of(self._model)
        self._ledger.add_epoch({"epoch": epoch, **measures, "learning_rate": rate, **self._row})
        self._keep()
        outlook = self._outlook.underway(self._epochs, epoch)
        self._events.send(
            "epoch",
            epoch=epoch,
            epochs=self._epochs,
            **measures,
            seconds=self._row["train_duration_s"],
            energy_wh=self._row["train_energy_kwh"] * 1000.0,
            **outlook,
        )
        training.check_loss(logs["loss"], epoch)
