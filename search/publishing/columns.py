"""The tables of a published benchmark: every column with its kind and what it means, in this one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: What a cell holds; `time` is ISO 8601 in UTC.
Kind = Literal["text", "integer", "number", "time"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; the end of its name is its unit."""

    name: str
    kind: Kind
    what: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the stem of its files' names, what a row is, and its columns."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def kinds(self) -> dict[str, Kind]:
        """What the cells of each column hold."""
        return {column.name: column.kind for column in self.columns}


TRIALS = Table(
    "trials",
    "one training of one network",
    (
        Column("id", "text", "name of the trial, which follows from network, images, training and seed"),
        Column("role", "text", "network; repeat: again with another seed; reference: the same again and again"),
        Column("network_hash", "text", "hash of the network, which names it in the table of networks"),
        Column("seed", "integer", "what first weights, split and order of the images follow from"),
        Column("state", "text", "done, failed, timeout or memory"),
        Column("attempt", "integer", "at which attempt it came to its end"),
        Column("layers", "integer", "layers of the network, the input and the joins among them"),
        Column("parameters", "integer", "numbers in the network's weights"),
        Column("macs", "integer", "multiplications with additions for one image"),
        Column("images_train", "integer", "images that it was trained on"),
        Column("images_validation", "integer", "images that it was validated with after each epoch"),
        Column("images_test", "integer", "images that it was tested with at the end"),
        Column("epochs_executed", "integer", "times through the training images"),
        Column("test_accuracy", "number", "share of the test images that were classified rightly, 0 to 1"),
        Column("test_loss", "number", "mean cross-entropy of the test images, in nats"),
        Column("training_duration_s", "number", "seconds of training, without validation and test"),
        Column("run_duration_s", "number", "seconds of the whole trial"),
        Column("training_energy_cpu_kwh", "number", "energy of the processor while training"),
        Column("training_energy_gpu_kwh", "number", "energy of the GPU while training"),
        Column("training_energy_ram_kwh", "number", "energy of the memory while training"),
        Column("training_energy_total_kwh", "number", "the three together"),
        Column("training_cpu_time_s", "number", "seconds of processor time while training, of all cores together"),
        Column("training_others_cpu_share", "number", "share of the machine that other processes kept busy, 0 to 1"),
        Column("run_energy_total_kwh", "number", "energy of the whole trial"),
        Column("training_emissions_kg", "number", "CO2-equivalents of the training; none where no country was given"),
        Column("energy_cpu_source", "text", "where the processor's energy comes from: measured, modelled, constant"),
        Column("energy_gpu_source", "text", "the same of the GPU; absent: there is none that tells"),
        Column("energy_ram_source", "text", "the same of the memory"),
        Column("peak_memory_bytes", "integer", "most memory that the process held"),
        Column("device", "text", "what it was trained on: cpu, or a GPU"),
        Column("started_utc", "time", "when it began"),
        Column("ended_utc", "time", "when it ended"),
        Column("train_accuracy", "number", "accuracy in the last epoch, over the training images, 0 to 1"),
        Column("validation_accuracy", "number", "accuracy behind the last epoch, over the validation images, 0 to 1"),
        Column("host", "text", "name of the machine"),
        Column("host_class", "text", "processor, usable cores and GPU: energies are comparable within one only"),
        Column("stage", "text", "of one that came to no good end: where it stopped"),
        Column("reason", "text", "of one that came to no good end: why"),
    ),
)

EPOCHS = Table(
    "epochs",
    "one epoch of one training: the learning curves",
    (
        Column("id", "text", "the trial"),
        Column("epoch", "integer", "number of the epoch, from 1"),
        Column("loss", "number", "mean cross-entropy over the training images, in nats"),
        Column("accuracy", "number", "accuracy over the training images, 0 to 1"),
        Column("val_loss", "number", "mean cross-entropy over the validation images, in nats"),
        Column("val_accuracy", "number", "accuracy over the validation images, 0 to 1"),
        Column("train_duration_s", "number", "seconds of training"),
        Column("train_energy_kwh", "number", "energy of training"),
        Column("validate_duration_s", "number", "seconds of validation"),
        Column("validate_energy_kwh", "number", "energy of validation"),
    ),
)

POWER = Table(
    "power",
    "one reading of the power of one trial, over the interval before it",
    (
        Column("id", "text", "the trial"),
        Column("time_s", "number", "seconds since the trial began"),
        Column("phase", "text", "what went on: import, data, build, compile, train, validate, evaluate"),
        Column("epoch", "integer", "the epoch, while training and validating"),
        Column("interval_s", "number", "seconds that the reading is the mean of"),
        Column("power_cpu_w", "number", "power of the processor"),
        Column("power_gpu_w", "number", "power of the GPU"),
        Column("power_ram_w", "number", "power of the memory"),
        Column("part", "text", "which part of a phase, where it has parts"),
        Column("memory_mib", "number", "memory that the process held, in 2^20 bytes"),
    ),
)

LATENCIES = Table(
    "latencies",
    "one measurement of how long one network takes to predict",
    (
        Column("network_hash", "text", "hash of the network, which names it in the table of networks"),
        Column("measurement", "integer", "1, or 2: measured again, for the noise"),
        *(
            column
            for size, images in ((1, "one image"), (128, "128 images"))
            for column in (
                Column(f"batch_{size}_calls", "integer", f"how often {images} went through the network, warm-up apart"),
                *(
                    Column(f"batch_{size}_{clock}_{share}_ms", "number", f"{quantile} of {what} of a call, {images}")
                    for clock, what in (("cpu", "the processor time"), ("wall", "the wall time"))
                    for share, quantile in (("p25", "lower quartile"), ("p50", "median"), ("p75", "upper quartile"))
                ),
            )
        ),
        Column("core", "integer", "number of the core it was pinned to; none: to none"),
        Column("processor", "text", "the processor"),
        Column("tensorflow", "text", "version of TensorFlow"),
        Column("host", "text", "name of the machine"),
        Column("measured_utc", "time", "when"),
    ),
)

NETWORKS = Table(
    "networks",
    "one network",
    (
        Column("hash", "text", "SHA-256 of its graph: the same for all programs that mean this network"),
        Column("layers", "integer", "layers, the input and the joins among them"),
        Column("depth", "integer", "layers on the longest way from the image to the classes"),
        Column("parameters", "integer", "numbers in its weights"),
        Column("macs", "integer", "multiplications with additions for one image"),
        Column("activation_bytes", "integer", "bytes of all layers' outputs for one image"),
        Column("program", "text", "the program, with every hyper-parameter"),
    ),
)
