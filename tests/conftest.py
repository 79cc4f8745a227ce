"""Settings for all tests. That this file lies here also lets tests import the helpers in `worlds.py`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The same examples every time, and no clock: a slow machine must not fail a true claim.
settings.register_profile(
    "balsim", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("balsim")
