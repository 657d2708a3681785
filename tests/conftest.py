"""Settings for all tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Time is measured in benchmarks/, never in tests: a busy machine must not make one fail.
settings.register_profile("cnngen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cnngen")

#: Folders whose tests share what takes long to make, an editor or a trained network: several processes do not split them.
TOGETHER = ("editor", "runtime")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With several processes (`pytest -n 2`), the tests of a file, or of a folder in TOGETHER, run in the same one."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = Path(nodeid.partition("::")[0])
            return file.parent.name if file.parent.name in TOGETHER else str(file)

    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of the tests' own: they neither wait for a training of the user nor leave anything behind.

    The tools that the tests use, such as the editor, stay where they are installed.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    with pytest.MonkeyPatch.context() as patch:
        for tools, folder in (("CNNGEN_DEV_CACHE", "cnngen-dev"), ("PIP_CACHE_DIR", "pip")):
            patch.setenv(tools, os.environ.get(tools) or str(cache / folder))
        own = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(own))
        # A test may have a cache of its own again; Matplotlib need not look through all fonts for each.
        patch.setenv("MPLCONFIGDIR", str(own / "matplotlib"))
        yield
