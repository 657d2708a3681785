"""The engine of a Ray cluster: one trial at a time on each machine, and a trial whose machine has gone is told lost.

Ray repeats nothing here (no restarts, no retries): whether a trial is tried again is decided by the ledger alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngen.search.benchmark.cluster.connection import connect
from cnngen.search.benchmark.cluster.node import Node, Order, Parcel, release
from cnngen.search.benchmark.engine import ENDING, Ending, Work, written
from cnngen.search.benchmark.local import LocalEngine
from cnngen.search.benchmark.making import Benchmark
from cnngen.search.errors import SearchError

#: Seconds between two looks at which machines there are, and at whether the user wants to drop a trial.
LOOK, PAUSE = 1.0, 0.1

#: Seconds without any machine after which it is given up.
PATIENCE = 60.0

#: So often in a row may the process on a machine end before it has trained anything.
LOSSES = 3

#: Seconds after which it is told that a machine is waited for.
SLOW = 30.0


@dataclass
class _Machine:
    """A node of the cluster. `fault` is why it gets no trials; `actor` is the process there, once there is one."""

    id: str
    name: str
    processors: float
    gpus: float
    actor: Any = None
    busy: bool = False
    gone: bool = False
    losses: int = 0
    fault: str | None = None


class _Lost(Exception):
    """The process on a machine is not there any more, or has failed in a way that it cannot tell itself."""


class RayEngine:
    """Trains one trial at a time on each machine of a cluster that has a processor to give.

    A machine's process takes all processors that the machine gives to Ray, so that nothing else disturbs what is
    measured. Two nodes on one machine wait for each other: the machine's turn is the same. `say` is told what people
    should know.
    """

    def __init__(
        self,
        benchmark: Benchmark,
        address: str = "",
        *,
        interpreter: str = "",
        fork: bool = True,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Join the cluster. Raises SearchError."""
        images = benchmark.images
        self._ray = connect(address)
        self._say = say
        self._gpu = benchmark.specification.measuring.device != "cpu"
        self._order = Order(benchmark.specification, images, interpreter, fork)
        named = images.sha256.startswith("name:")
        # Once into the cluster, from where each machine fetches it once.
        self._images = None if named else self._ray.put(Path(images.source).read_bytes())
        self._machines: dict[str, _Machine] = {}
        self._changed = threading.Condition()
        self._looked, self._seen = 0.0, time.monotonic()

    def places(self) -> int:
        """As many as there are machines that can train. Raises SearchError when there have been none for a while."""
        with self._changed:
            self._look()
            usable = sum(not machine.gone and machine.fault is None for machine in self._machines.values())
            if usable:
                self._seen = time.monotonic()
                return usable
            faults = [machine.fault for machine in self._machines.values() if machine.fault and not machine.gone]
            if faults:
                raise SearchError(f"No machine of the cluster can train: {faults[0]}")
            if time.monotonic() - self._seen > PATIENCE:
                what = "a GPU" if self._gpu else "a processor"
                raise SearchError(
                    f"The cluster has had no machine with {what} for {PATIENCE:.0f} s; start one and go on with resume."
                )
            return 0

    def train(self, work: Work) -> Ending:
        """Train one trial on a machine that is free, and bring its folder here."""
        while not work.dropped():
            machine = self._free()
            if machine is None:
                continue
            try:
                if machine.actor is None:
                    self._prepare(machine, work)
                if machine.actor and not work.dropped():
                    ending = self._train(machine, work)
                    if ending:
                        return ending
            finally:
                with self._changed:
                    machine.busy = False
                    self._changed.notify_all()
        return Ending("dropped")

    def follow(self, work: Work) -> Ending:
        """Wait for a trial that was begun on this machine without a cluster."""
        return LocalEngine().follow(work)

    def close(self) -> None:
        """Have all machines end what they do, and leave the cluster."""
        closing = [machine.actor.close.remote() for machine in self._machines.values() if machine.actor]
        if closing:
            self._ray.wait(closing, num_returns=len(closing), timeout=10)
        self._ray.shutdown()

    # -- machines ----------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Find out which machines have come and gone."""
        if time.monotonic() - self._looked < LOOK:
            return
        self._looked = time.monotonic()
        here = {}
        for node in self._ray.nodes():
            resources = node["Resources"]
            if node["Alive"] and resources.get("CPU", 0) >= 1 and (resources.get("GPU") or not self._gpu):
                here[node["NodeID"]] = node
        for number, machine in self._machines.items():
            machine.gone = machine.gone or number not in here
        for number, node in here.items():
            if number not in self._machines:
                resources = node["Resources"]
                gpus = resources.get("GPU", 0) if self._gpu else 0
                self._machines[number] = _Machine(number, node["NodeManagerHostname"], resources["CPU"], gpus)
                self._changed.notify_all()

    def _free(self) -> _Machine | None:
        """A machine that has nothing to do, which it has from now on; None after a while in which there was none."""
        with self._changed:
            for machine in self._machines.values():
                if not (machine.busy or machine.gone or machine.fault):
                    machine.busy = True
                    return machine
            self._changed.wait(LOOK)
        # Raises when there is none left.
        self.places()
        return None

    def _prepare(self, machine: _Machine, work: Work) -> None:
        """Start a process on a machine, and see whether it can train. Raises _Lost."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        actor = (
            self._ray.remote(Node)
            .options(
                num_cpus=machine.processors,
                num_gpus=machine.gpus,
                scheduling_strategy=NodeAffinitySchedulingStrategy(machine.id, soft=False),
                max_restarts=0,
                max_task_retries=0,
                max_concurrency=2,
            )
            .remote()
        )
        try:
            told = self._answer(actor.identity.remote(), work, machine, "starts, or until others leave its processors")
            if told is None:
                return
            machine.name, found = told
            if found != release():
                machine.fault = f"it has CNNGen {found}, not {release()}; install the same version there."
            else:
                machine.fault = self._answer(actor.prepare.remote(self._order, self._images), work, machine, "is ready")
            machine.actor = actor
        except _Lost as lost:
            machine.losses += 1
            if machine.losses == LOSSES or "ModuleNotFoundError" in str(lost):
                machine.fault = (
                    f"its process ends before it can begin; install cnngen[cluster,train] {release()} there, for the "
                    "Python that Ray was started with."
                )
        finally:
            if machine.fault:
                machine.actor = None
                self._ray.kill(actor)
                self._say(f"{machine.name} gets no trials: {machine.fault}")

    def _train(self, machine: _Machine, work: Work) -> Ending | None:
        """One trial there; None when the machine turns out to be unable to train."""
        program = work.folders.benchmark.program(work.trial.network)
        asked = machine.actor.train.remote(work.trial, program, work.bounds)
        try:
            parcel: Parcel = self._answer(asked, work, machine)
        except _Lost:
            # Whatever is left of it must not train beside what comes next.
            self._ray.kill(machine.actor)
            machine.actor = None
            self._say(f"{machine.name} was lost while it trained {work.trial.id}, which is done again.")
            return Ending("lost", f"The machine that trained it was lost, at last {machine.name}.", host=machine.name)
        if parcel.fault:
            machine.fault = parcel.fault
            self._say(f"{machine.name} gets no further trials: {machine.fault}")
            return None
        machine.losses = 0
        if parcel.ending.cut != "dropped":
            work.folders.bring(work.trial, {**parcel.files, ENDING: written(parcel.ending)})
        return parcel.ending

    def _answer(self, asked: Any, work: Work, machine: _Machine, until: str = "") -> Any:
        """Wait for what a machine answers; None when the trial is dropped before it has begun. Raises _Lost."""
        began, told, dropping = time.monotonic(), False, False
        while not self._ray.wait([asked], timeout=PAUSE)[0]:
            if work.dropped() and not dropping:
                dropping = True
                if until:
                    return None
                machine.actor.drop.remote()
            if until and not told and time.monotonic() - began > SLOW:
                told = True
                self._say(f"Waiting until {machine.name} {until}.")
        try:
            return self._ray.get(asked)
        except self._ray.exceptions.RayError as error:
            raise _Lost(str(error)) from error
