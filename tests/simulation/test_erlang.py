"""Erlang C: the formulas give published values, and the simulator agrees with the formulas."""

import pytest

from chatserver.simulation.erlang import (
    agreements,
    mean_wait,
    probability_of_longer,
    probability_of_waiting,
)
from chatserver.simulation.report import agrees


def test_one_server_waits_as_often_as_it_is_busy() -> None:
    assert probability_of_waiting(1, 0.7) == pytest.approx(0.7)
    assert mean_wait(1, 0.5, 60) == pytest.approx(60)


@pytest.mark.parametrize(
    ("consultants", "load", "service", "within", "waits", "mean", "answered"),
    [
        # 360 calls per half hour of 4 minutes each, 55 agents, 15 s: the textbooks' worked example.
        (55, 48.0, 240, 15, 0.239, 8.2, 0.846),
        # 100 calls per half hour of 3 minutes each, 14 agents, 20 s: the calculators' worked example.
        (14, 10.0, 180, 20, 0.174, 7.8, 0.888),
        # M/M/3 with two erlangs: 4/9, and as long as 4/9 of a service.
        (3, 2.0, 180, 0, 0.4444, 80.0, 0.5556),
    ],
)
def test_the_formulas_give_what_is_published(
    consultants: int, load: float, service: float, within: float, waits: float, mean: float, answered: float
) -> None:
    assert probability_of_waiting(consultants, load) == pytest.approx(waits, abs=5e-4)
    assert mean_wait(consultants, load, service) == pytest.approx(mean, abs=0.05)
    assert 1 - probability_of_longer(consultants, load, service, within) == pytest.approx(answered, abs=5e-4)


def test_a_group_of_equals_waits_as_erlang_c_says() -> None:
    for found in agreements("load-ratio", range(1, 9), 1_200, [(3, 2.0), (14, 10.0)]):
        assert agrees(found), found
        assert found.waits.half_width is not None
        assert found.waits.half_width < 0.05


def test_among_equals_with_one_conversation_each_the_choice_does_not_matter() -> None:
    [ours] = agreements("load-ratio", [1, 2], 500, [(6, 4.5)])
    [other] = agreements("random", [1, 2], 500, [(6, 4.5)])
    assert (ours.mean_s, ours.waits) == (other.mean_s, other.waits)
