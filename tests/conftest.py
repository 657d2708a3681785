"""Settings for all tests."""

from hypothesis import HealthCheck, settings

# Time is measured in benchmarks/, never in tests: a busy machine must not make one fail.
settings.register_profile("cnngen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cnngen")
