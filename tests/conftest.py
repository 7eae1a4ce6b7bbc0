"""What all tests share: how hard the property tests look. HYPOTHESIS_PROFILE=thorough looks longer."""

import os

from hypothesis import HealthCheck, settings

# No deadline per example: a busy machine is no failure.
settings.register_profile("normal", deadline=None, max_examples=200)
settings.register_profile("thorough", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "normal"))
