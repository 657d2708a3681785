"""One run from its first phase to its last: what is done in which window, and what is written down when."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.runtime import record
from cnngen.runtime.forecast import Work
from cnngen.runtime.worker import data, devices, executions, fetching, memory, provenance, xla
from cnngen.runtime.worker.budget import Budget, BudgetReached
from cnngen.runtime.worker.channel import Events, StopWish
from cnngen.runtime.worker.country import find_country
from cnngen.runtime.worker.energy import Meter
from cnngen.runtime.worker.errors import RunError
from cnngen.runtime.worker.figures import energy_of
from cnngen.runtime.worker.ledger import Ledger
from cnngen.runtime.worker.outlook import Outlook
from cnngen.runtime.worker.phases import Phases

if TYPE_CHECKING:
    from cnngen.runtime.worker.fitting import Fitting


class Session:
    """Trains and measures what a run folder asks for.

    `one_of_many`: who waits for hundreds asks for no forecast, which reads the records of thirty, and for a record once
    a second only.
    """

    def __init__(
        self, run_dir: Path, ledger: Ledger, events: Events, stop: StopWish, *, one_of_many: bool = False
    ) -> None:
        self._dir = run_dir
        self._ledger = ledger
        self._events = events
        self._stop = stop
        self._one_of_many = one_of_many
        self._request: dict[str, Any] = json.loads((run_dir / record.REQUEST).read_text(encoding="utf-8"))
        self._training: dict[str, Any] = self._request["training"]
        self._recipe: dict[str, Any] = self._request["recipe"]
        self._measuring: dict[str, Any] = self._request["measuring"]
        self._tf: Any = None
        self._fitting: Fitting | None = None
        self._phases = Phases(ledger, events, stop, self._gather, seldom=one_of_many)

    @property
    def phase(self) -> str:
        """The phase that is going on, for messages about what went wrong; none before the first."""
        return self._phases.now

    def run(self) -> None:
        """Do the whole run. Raises RunError, Cancelled, MemoryError, OSError or whatever Keras raises."""
        began = time.monotonic()
        country = self._request["country"]
        self._country = find_country(country) if country else None
        iso3 = self._country.iso3 if self._country else None
        self._meter = Meter(self._dir, iso3, devices.expected_gpus(self._request["device"]))
        self._phases.begin(self._meter)
        limits = self._measuring["max_energy_wh"], self._measuring["max_time_s"]
        self._budget = Budget(*limits, began, lambda: self._meter.spent_kwh() * 1000.0)
        try:
            # First of all: on which machine a run was that ends early must be known too.
            self._made_with = provenance.collect(self._request, self._meter.configuration)
            record.write_json(self._dir / record.PROVENANCE, self._made_with, compact=True)
            self._phases.idle("before", self._measuring["idle_s"])
            self._run()
            if not self._spent:
                self._phases.idle("after", self._measuring["idle_s"])
        finally:
            self._meter.end()
            self._gather()
            self._meter.close()

    def _run(self) -> None:
        with self._phases.window("import") as imported:
            import keras
            import tensorflow as tf

            from cnngen.runtime.worker import recipe, training
        self._tf = tf
        device = devices.choose(tf, self._request["device"])
        self._meter.count_gpus(device.gpus)
        self._ledger.result["run"].update(device=device.kind, device_name=device.name)
        made_with = self._made_with
        made_with["tensorflow"] = provenance.of_tensorflow(tf, self._request)
        made_with["machine"]["device"] = device.name
        seed, size = self._training["seed"], self._training["batch_size"]
        keras.utils.set_random_seed(seed)
        keras.config.set_dtype_policy(self._recipe["dtype_policy"])
        if self._training["deterministic"]:
            # Some operations have no fixed order otherwise, above all on a GPU; those that cannot have one then fail.
            tf.config.experimental.enable_op_determinism()

        # Between two windows: what the network takes is not the training's.
        if fetching.to_fetch(self._request["data"]["source"]):
            self._phases.enter("download")
        fetching.fetch(self._request["data"]["source"])
        with self._phases.window("data"):
            request = self._request["data"]
            images = data.load(request["source"], tuple(request["shape"]), request["classes"])
            parts = data.split(len(images.x), self._training["test_split"], self._training["validation_split"], seed)
            one_hot = self._recipe["label_smoothing"] > 0
            fitting = training.batches(images, parts.train, size, shuffle_seed=seed, one_hot=one_hot)
            validation = training.batches(images, parts.validation, size, one_hot=one_hot)
            test = training.batches(images, parts.test, size, one_hot=one_hot)
        digest = images.sha256()
        self._ledger.result["data"].update(
            images_train=len(parts.train),
            images_validation=len(parts.validation),
            images_test=len(parts.test),
            sha256=digest,
        )
        made_with["data"] = provenance.of_data(digest, parts)
        work = self._work(images, parts, made_with["machine"]["cores_usable"], device.kind, imported[0].duration_s)
        jit = self._ledger.result["training"]["jit_compile"] = work.jit
        at_once = self._ledger.result["training"]["steps_per_execution"] = executions.steps_per_execution(work)
        record.write_json(self._dir / record.PROVENANCE, made_with)
        rest_s = self._measuring["idle_s"] + 2 * self._measuring["inference_s"]
        self._outlook = Outlook(self._meter, self._ledger, self._events, self._budget, rest_s)
        self._outlook.beforehand(work, None if self._one_of_many else self._dir, made_with["machine"])

        with self._phases.window("build"):
            model = training.load_model(self._dir / record.MODEL)
        self._check_parameters(int(model.count_params()))

        with self._phases.window("compile"):
            learner = recipe.augmented(model, self._recipe)
            steps = int(fitting.cardinality())
            training.compile_model(learner, self._recipe, self._training["from_logits"], jit, steps, at_once)
            # One full batch and the short last one: XLA compiles for each shape.
            some = parts.train[: size + len(parts.train) % size]
            training.warm_up(learner, training.batches(images, some, size, shuffle_seed=seed, one_hot=one_hot))
            training.synchronise(learner)

        self._fit(learner, fitting, validation if len(parts.validation) else None, len(parts.train))
        self._ledger.result["run"]["weights_sha256"] = training.digest(model)

        if len(parts.test):
            with self._phases.window("evaluate"):
                watch = training.Watch(self._stop.check)
                scores = learner.evaluate(test, verbose=0, return_dict=True, callbacks=[watch])
            self._ledger.result["quality"] = {
                "test_accuracy": float(scores["accuracy"]),
                "test_loss": float(scores["loss"]),
            }
        if self._measuring["inference_s"] and not self._spent:
            some = (parts.test if len(parts.test) else parts.train)[:128]
            self._infer(model, images.x[some], jit)

    def _work(self, images: data.Images, parts: data.Split, threads: int, device: str, import_s: float) -> Work:
        """What is to be done, in numbers, and whether XLA is to do it."""
        asked = self._training["jit_compile"]
        network = self._ledger.result["network"]
        work = Work(
            hash=self._request["hash"],
            layers=network["layers"],
            macs=network["macs"],
            images_train=len(parts.train),
            images_validation=len(parts.validation),
            images_test=len(parts.test),
            epochs=self._training["epochs"],
            batch_size=self._training["batch_size"],
            threads=threads,
            device=device,
            jit=asked is True,
            extra_s=2 * (self._measuring["idle_s"] + self._measuring["inference_s"]),
            training_bytes=self._request["training_bytes"],
            data_bytes=images.x.nbytes,
            may_stop=self._recipe["early_stopping"] is not None,
            import_s=import_s,
        )
        return replace(work, jit=xla.pays(work)) if asked == "auto" else work

    def _fit(self, model: Any, fitting: Any, validation: Any, count: int) -> None:
        """Train until all epochs are done or a budget is reached. That is a planned end: what was learned is tested."""
        from cnngen.runtime.worker.fitting import Fitting
        from cnngen.runtime.worker.recipe import make_callbacks

        self._fitting = Fitting(
            meter=self._meter,
            ledger=self._ledger,
            events=self._events,
            stop=self._stop,
            budget=self._budget,
            outlook=self._outlook,
            enter=self._phases.enter,
            keep=self._phases.keep,
        )
        try:
            epochs, size = self._training["epochs"], self._training["batch_size"]
            self._fitting.fit(model, fitting, validation, epochs, size, count, make_callbacks(self._recipe))
            if self._ledger.result["run"]["epochs_executed"] < epochs:
                self._ledger.result["run"]["stopped_by"] = "early_stopping"
                self._events.send("stopped", by="early_stopping")
        except BudgetReached as reached:
            self._meter.end()
            self._ledger.result["run"]["stopped_by"] = reached.budget
            self._phases.keep()
            self._events.send("stopped", by=reached.budget)

    def _infer(self, model: Any, images: data.Array, jit: bool) -> None:
        """Measure predictions, one by one and many at a time."""
        from cnngen.runtime.worker import inference

        self._phases.enter("inference")
        found = []
        for size in inference.BATCH_SIZES:
            predict = inference.prepare(model, images, size, jit)
            with self._phases.window("inference", f"batch_{size}") as done:
                times = inference.repeat(predict, self._measuring["inference_s"], self._stop.check)
            idle = self._ledger.result["energy"]["idle"]
            energy = energy_of(done, idle["power_total_w"] if idle else None)
            found.append(inference.figures(size, times, energy))
            self._ledger.result["inference"] = found

    @property
    def _spent(self) -> bool:
        """Whether a budget has ended the training."""
        return self._ledger.result["run"]["stopped_by"] in ("max_energy", "max_time")

    def _gather(self) -> None:
        """Put what has been measured so far into the record."""
        self._ledger.set_energy(self._meter, self._country)
        images = self._fitting.images if self._fitting else 0
        self._ledger.set_efficiency(images, memory.peak(self._tf, bool(self._meter.gpus)))

    def _check_parameters(self, found: int) -> None:
        """The record holds what Keras counts; a difference to the program's own count is a fault worth reporting."""
        expected = self._ledger.result["network"]["parameters"]
        self._ledger.result["network"]["parameters"] = found
        if expected != found:
            raise RunError(
                f"Keras counts {found:,} parameters where the program says {expected:,}; "
                "model.py is not the network of this program."
            )
