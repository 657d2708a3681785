"""What the runtime's tests share: a way to run a program to its end, the real images, and files of images made here."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime import TrainingJob, TrainOptions

#: A network that learns the digits within seconds.
SMALL = """
training(epochs=4, batch_size=32, learning_rate=0.005, seed=7)
input(dataset=digits)
conv(filters=8) max_pooling
conv(filters=16) max_pooling
flatten
dropout(rate=0.1) dense(units=32)
dense
output
"""

#: The same with so many epochs that nobody waits for the last one.
ENDLESS = SMALL.replace("epochs=4", "epochs=100000")


@dataclass
class Run:
    """A run that has ended: its job, its events, its record."""

    job: TrainingJob
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def result(self) -> dict[str, Any]:
        return self.job.result()

    @property
    def folder(self) -> Path:
        return self.job.run_dir

    def text(self, name: str) -> str:
        return (self.job.run_dir / name).read_text(encoding="utf-8")

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    def error(self) -> str:
        """The one sentence that a user gets; it must be one, without a traceback."""
        (event,) = self.all("error")
        message = str(event["message"])
        assert "Traceback" not in message and "\n" not in message
        assert message[0].isupper() and message.endswith((".", "?"))
        assert self.events[-1] == {"event": "done", "status": "failed"}
        return message


Runner = Callable[..., Run]


@pytest.fixture(scope="session")
def small() -> str:
    return SMALL


@pytest.fixture(scope="session")
def endless() -> str:
    return ENDLESS


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Run a program in a folder of its own; `at(job, event)` is called for every event."""

    def run(text: str, at: Callable[[TrainingJob, dict[str, Any]], None] | None = None, **options: Any) -> Run:
        options.setdefault("runs_dir", tmp_path_factory.mktemp("runs"))
        # Most tests ask other things than what idling and predicting take.
        options.setdefault("idle_s", 0)
        options.setdefault("inference_s", 0)
        job = TrainingJob.prepare(text, "small", TrainOptions(**options))
        job.start()
        done = Run(job)
        for event in job.events():
            done.events.append(event)
            if at:
                at(job, event)
        return done

    return run


@pytest.fixture(scope="session")
def learned(run: Runner) -> Run:
    """A whole run on the digits, with every phase."""
    return run(SMALL, country="FRA", idle_s=1.2, inference_s=0.5)


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of a run that was written down when records had their first schema."""
    (folder,) = (Path(__file__).parent / "records" / "v1").iterdir()
    return folder


#: Stops early, for nothing can be 1000 better, and its learning rate falls all along.
STOPPING = """
training(batch_size=8, learning_rate=0.01, schedule=polynomial_decay, end_learning_rate=0.005,
         early_stopping=true, monitor=accuracy, start_from_epoch=6, min_delta=1000, patience=1)
input(shape=(8, 8, 3)) conv global_avg_pooling dense output
"""


@pytest.fixture(scope="session")
def unmeasured(run: Runner, pictures: Path) -> Run:
    """A run on pictures in a folder, without idling, country and validation, that stops early."""
    return run(STOPPING, dataset=str(pictures), epochs=100, validation_split=0.0, inference_s=0.1)


@pytest.fixture(scope="session")
def images() -> Path:
    """The folder of real images that is not part of the project."""
    given = os.environ.get("CNNGEN_DATA")
    folder = Path(given) if given else Path(__file__).parents[3] / "shared" / "data"
    if not (folder / "images").is_dir():
        pytest.skip("the real images are not here: set CNNGEN_DATA")
    return folder / "images"


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures by class: bright ones and dark ones, as 24-bit BMP files of several sizes."""
    folder = tmp_path_factory.mktemp("images") / "pictures"
    for label, level in (("bright", 200), ("dark", 40)):
        (folder / label).mkdir(parents=True)
        for number in range(30):
            width = 8 + 4 * (number % 3)  # a multiple of four: BMP rows need no padding then
            pixels = bytes([level + number % 20]) * (width * 10 * 3)
            head = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
            head += struct.pack("<IiiHHIIiiII", 40, width, 10, 1, 24, 0, len(pixels), 2835, 2835, 0, 0)
            (folder / label / f"{number}.bmp").write_bytes(head + pixels)
    return folder
