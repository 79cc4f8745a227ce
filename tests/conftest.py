"""Settings for all tests. That this file lies here also lets tests import the helpers in `worlds.py`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Uncompiled worlds run a hundred times slower, more so under coverage; they repeat a part of the examples.
UNCOMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"

# The same examples every time, and no clock: a slow machine must not fail a true claim.
settings.register_profile(
    "balsim",
    deadline=None,
    derandomize=True,
    max_examples=15 if UNCOMPILED else 80,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("balsim")
