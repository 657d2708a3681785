"""Settings for all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Time is measured in benchmarks/, never in tests: a busy machine must not make one fail.
settings.register_profile("cnngen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cnngen")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of the tests' own: they neither wait for a training of the user nor leave anything behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
