"""Close codes: each has a meaning, and its range says whether to reconnect."""

from typing import Any

import pytest

from chatserver.wire.closing import MEANING, CloseCode, close_reason

STANDARD = {CloseCode.NORMAL, CloseCode.NOT_TEXT, CloseCode.TOO_BIG, CloseCode.RESTART}


def test_every_code_has_a_meaning() -> None:
    assert set(MEANING) == set(CloseCode)
    assert all(MEANING.values())


def test_the_range_says_whether_to_come_back() -> None:
    for code in set(CloseCode) - STANDARD:
        assert 4_000 <= code < 5_000
        says_stop = any(word in MEANING[code] for word in ("stop", "sign-in page", "reload"))
        assert says_stop == (code >= 4_500), MEANING[code]


def test_no_two_codes_have_the_same_meaning() -> None:
    assert len(set(MEANING.values())) == len(CloseCode)


def test_a_meaning_fits_into_the_close_frame_beside_the_code() -> None:
    assert all(len(meaning.encode()) <= 123 for meaning in MEANING.values())


@pytest.mark.parametrize(
    ("held", "text"),
    [
        ({}, ""),
        ({"retry_ms": 0}, '{"retry_ms":0}'),
        ({"retry_ms": 1_000}, '{"retry_ms":1000}'),
        ({"why": "revoked"}, '{"why":"revoked"}'),
        ({"retry_ms": 1_000, "why": "revoked"}, '{"retry_ms":1000,"why":"revoked"}'),
    ],
)
def test_a_reason_holds_what_is_given_and_nothing_else(held: dict[str, Any], text: str) -> None:
    assert close_reason(**held) == text
