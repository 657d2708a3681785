"""Garbage is collected when nobody waits for an answer."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from server_editor import until

from cnngen.server import collecting
from cnngen.server.collecting import Collector


@pytest.fixture
def collections() -> Iterator[list[int]]:
    """The generations that are collected, one after the other."""
    found: list[int] = []

    def told(phase: str, about: dict[str, Any]) -> None:
        if phase == "stop":
            found.append(about["generation"])

    threshold = gc.get_threshold()
    gc.callbacks.append(told)
    yield found
    gc.callbacks.remove(told)
    gc.set_threshold(*threshold)


@pytest.mark.asyncio
async def test_messages_that_come_one_upon_the_other_are_not_held_up(
    collections: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "QUIET", 3600)
    collector = Collector()
    for _ in range(100):
        collector.heard()
        await asyncio.sleep(0)
    assert 2 not in collections
    monkeypatch.setattr(collecting, "QUIET", 0)
    collector.heard()
    await until(lambda: collections == [2])
