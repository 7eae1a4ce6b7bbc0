"""How often each fault test repeats: a short share by default, the full count under FAULTS=full.

FAULTS_SEED=… repeats a run's draws; the machine's own randomness remains.
"""

import os
import random

import pytest

from tests.e2e.journal import tell

FULL = os.environ.get("FAULTS") == "full"
SEED = int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().getrandbits(32)


def count(number: str, *, quick: int, full: int) -> int:
    """How often `number` (F03, for example) repeats in this run."""
    many = full if FULL else quick
    tell(f"{number}: {many} times, FAULTS_SEED={SEED}")
    return many


def dice() -> random.Random:
    """The run's random generator; each test restarts it."""
    return random.Random(SEED)


PATIENCE = 3
"""How much longer than on an idle machine a test may take. Only a test that hangs reaches its limit."""


def within(*, quick: int, full: int) -> pytest.MarkDecorator:
    """The test's time limit, in seconds of an idle machine."""
    return pytest.mark.timeout((full if FULL else quick) * PATIENCE)
