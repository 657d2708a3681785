"""One run from its first phase to its last: what is done in which window, and what is written down when."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.worker import data, devices, provenance
from cnngen.runtime.worker.channel import Events, StopWish
from cnngen.runtime.worker.country import find_country
from cnngen.runtime.worker.energy import Meter
from cnngen.runtime.worker.errors import RunError
from cnngen.runtime.worker.ledger import Ledger


class Session:
    """Trains and measures what a run folder asks for.

    `phase` names the one that is going on, for messages about what went wrong.
    """

    def __init__(self, run_dir: Path, ledger: Ledger, events: Events, stop: StopWish) -> None:
        self.phase = "import"
        self._dir = run_dir
        self._ledger = ledger
        self._events = events
        self._stop = stop
        self._request: dict[str, Any] = json.loads((run_dir / record.REQUEST).read_text(encoding="utf-8"))
        self._training: dict[str, Any] = self._request["training"]

    def run(self) -> None:
        """Do the whole run. Raises RunError, Cancelled, MemoryError, OSError or whatever Keras raises."""
        country = self._request["country"]
        self._country = find_country(country) if country else None
        device = self._request["device"]
        self._enter("import")
        self._meter = Meter(
            self._dir / record.POWER,
            self._country.iso3 if self._country else None,
            devices.expected_gpus(device),
        )
        try:
            self._run(device)
        finally:
            self._meter.close()
            self._ledger.set_energy(self._meter, self._country)

    def _run(self, wanted: str) -> None:
        with self._window("import"):
            import keras
            import tensorflow as tf

            from cnngen.runtime.worker import training
        device = devices.choose(tf, wanted)
        self._meter.gpus = device.gpus
        self._ledger.result["run"].update(device=device.kind, device_name=device.name)
        seed = self._training["seed"]
        keras.utils.set_random_seed(seed)

        with self._window("data"):
            request = self._request["data"]
            images = data.load(request["source"], tuple(request["shape"]), request["classes"])
            parts = data.split(len(images.x), self._training["test_split"], self._training["validation_split"], seed)
            size = self._training["batch_size"]
            fitting = training.batches(images, parts.train, size, shuffle_seed=seed)
            validation = training.batches(images, parts.validation, size) if len(parts.validation) else None
            test = training.batches(images, parts.test, size) if len(parts.test) else None
        digest = images.sha256()
        self._ledger.result["data"].update(
            images_train=len(parts.train),
            images_validation=len(parts.validation),
            images_test=len(parts.test),
            sha256=digest,
        )
        record.write_json(
            self._dir / record.PROVENANCE,
            provenance.collect(tf, self._request, self._meter.configuration, digest, parts, device),
        )

        with self._window("build"):
            model = training.load_model(self._dir / record.MODEL)
        self._check_parameters(int(model.count_params()))

        with self._window("compile"):
            training.compile_model(
                model,
                self._training["optimizer"],
                self._training["learning_rate"],
                self._training["from_logits"],
                self._training["jit_compile"],
            )
            # One full batch and the short last one: XLA compiles for each shape.
            some = parts.train[: size + len(parts.train) % size]
            training.warm_up(model, training.batches(images, some, size, shuffle_seed=seed))
            training.synchronise(model)

        self._fit(training, model, fitting, validation)

        if test is not None:
            with self._window("evaluate"):
                scores = model.evaluate(test, verbose=0, return_dict=True, callbacks=[training.Watch(self._stop.check)])
            self._ledger.result["quality"] = {
                "test_accuracy": float(scores["accuracy"]),
                "test_loss": float(scores["loss"]),
            }

    def _fit(self, training: Any, model: Any, fitting: Any, validation: Any) -> None:
        epochs, steps = self._training["epochs"], int(fitting.cardinality())
        row: dict[str, Any] = {}

        def train(epoch: int) -> None:
            row.clear()
            self._enter("train", epoch)
            self._meter.begin("train", epoch)

        def finish(phase: str) -> None:
            window = self._meter.end()
            if window is not None:
                row[f"{phase}_duration_s"] = window.duration_s
                row[f"{phase}_energy_kwh"] = window.energy_total_kwh

        def validate(epoch: int) -> None:
            finish("train")
            self._enter("validate", epoch)
            self._meter.begin("validate", epoch)

        def batch(epoch: int, step: int) -> None:
            self._stop.check()
            if step:
                self._events.progress(epoch, epochs, step, steps)

        def end(epoch: int, logs: dict[str, float]) -> None:
            finish(self.phase)
            measures = {name: logs.get(name) for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
            self._ledger.add_epoch({"epoch": epoch, **measures, **row})
            self._ledger.set_energy(self._meter, self._country)
            self._ledger.save()
            self._events.send(
                "epoch",
                epoch=epoch,
                epochs=epochs,
                **measures,
                seconds=row["train_duration_s"],
                energy_wh=row["train_energy_kwh"] * 1000.0,
            )
            training.check_loss(logs["loss"], epoch)

        model.fit(
            fitting,
            validation_data=validation,
            epochs=epochs,
            verbose=0,
            shuffle=False,  # The data shuffles itself, with the run's seed.
            callbacks=[training.Switch(on_train=train, on_validate=validate, on_epoch=end, on_batch=batch)],
        )

    def _enter(self, phase: str, epoch: int | None = None) -> None:
        """Tell that a phase begins, unless the run is to stop."""
        self._stop.check()
        self.phase = phase
        fields = {} if epoch is None else {"epoch": epoch}
        self._events.send("phase", phase=phase, **fields)

    @contextmanager
    def _window(self, phase: str) -> Iterator[None]:
        """One phase in one window; what it took goes into the record."""
        if phase != self.phase:
            self._enter(phase)
        started = time.perf_counter()
        self._meter.begin(phase)
        try:
            yield
        finally:
            self._meter.end()
        self._ledger.set_energy(self._meter, self._country)
        self._ledger.save()
        print(f"{phase}: {time.perf_counter() - started:.2f} s", flush=True)

    def _check_parameters(self, found: int) -> None:
        """The record holds what Keras counts; a difference to the program's own count is a fault worth reporting."""
        expected = self._ledger.result["network"]["parameters"]
        self._ledger.result["network"]["parameters"] = found
        if expected != found:
            raise RunError(
                f"Keras counts {found:,} parameters where the program says {expected:,}; "
                "model.py is not the network of this program."
            )
