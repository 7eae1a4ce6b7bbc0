"""A bucket allows a burst and then a steady rate. The wait it names is long enough, and no longer than necessary."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.domain.token_bucket import TokenBucket

RATES = st.sampled_from([0.2, 1.0, 3 / 3_600, 20.0, 50.0])


def test_a_burst_passes_and_the_next_one_waits_for_a_token() -> None:
    bucket = TokenBucket(2, 3)
    assert [bucket.take(1_000) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(1_000) in (500, 501)
    assert bucket.take(1_400) in (100, 101)
    assert bucket.take(1_501) == 0


def test_it_regains_no_more_than_its_burst() -> None:
    bucket = TokenBucket(10, 2)
    bucket.take(1_000)
    assert [bucket.take(9_999_000) == 0 for _ in range(3)] == [True, True, False]


def test_it_is_full_before_the_first_token_and_again_when_all_are_regained() -> None:
    bucket = TokenBucket(1, 2)
    assert bucket.is_full(0)
    bucket.take(5_000)
    assert not bucket.is_full(5_999)
    assert bucket.is_full(6_000)


def test_a_token_that_was_not_used_is_there_again_and_never_beyond_the_burst() -> None:
    bucket = TokenBucket(1, 1, lasts=True)
    bucket.take(0)
    bucket.put_back()
    bucket.put_back()
    assert [bucket.take(0) == 0, bucket.take(0) == 0] == [True, False]


def test_a_clock_that_is_set_back_gives_and_takes_nothing() -> None:
    bucket = TokenBucket(1, 2)
    bucket.take(100_000)
    bucket.take(100_000)
    assert bucket.take(40_000) == 1_001
    assert bucket.take(41_001) == 0


@given(RATES, st.integers(1, 60), st.lists(st.integers(0, 5_000), max_size=40))
def test_after_the_wait_that_was_told_there_is_a_token(rate: float, burst: int, pauses: list[int]) -> None:
    bucket, now = TokenBucket(rate, burst), 1_000
    for pause in pauses:
        now += pause
        wait = bucket.take(now)
        if wait:
            now += wait
            assert bucket.take(now) == 0


@given(RATES, st.integers(1, 60), st.lists(st.integers(0, 5_000), max_size=60))
def test_it_never_gives_more_than_its_burst_and_what_it_regained(rate: float, burst: int, pauses: list[int]) -> None:
    bucket, now, taken = TokenBucket(rate, burst), 1_000, 0
    for pause in pauses:
        now += pause
        taken += bucket.take(now) == 0
    assert taken <= burst + (now - 1_000) * rate / 1000 + 1e-6
