"""查询码: ten digits with which a visitor reads one answer later, together with four digits that only they know: the
last four of the phone number they left, or four of their own choice."""

import unicodedata
from typing import Literal

DIGITS = 10
PROOF_DIGITS = 4
GROUPS = (3, 3, 4)
"""How a code is divided, as phone numbers are when they are read out."""

WRONG_TRIES = 5
"""So many wrong tries freeze a code. The next ones open nothing, even with the right digits."""

DAY_MS = 24 * 3_600_000
LIFE_MS = 180 * DAY_MS
"""How long a code opens its answer."""
FROZEN_MS = 30 * DAY_MS
"""Wrong tries are forgotten when there was none for so long."""

SubjectKind = Literal["offline_message", "conversation"]

DeletionResult = Literal["told", "kept", "withdrawn"]
"""How a request for deletion was settled: the visitor was told how things stand; the text must be kept by law until its
time is over; the visitor no longer wants it deleted."""


def digits_of(told: str) -> str:
    """The digits of what a person typed or pasted, in any script, without what stands between them."""
    found = (unicodedata.decimal(each, None) for each in told)
    return "".join(str(each) for each in found if each is not None)


def grouped(code: str) -> str:
    """123 456 7890."""
    ends = [sum(GROUPS[: place + 1]) for place in range(len(GROUPS))]
    return " ".join(code[end - size : end] for size, end in zip(GROUPS, ends, strict=True))


def proof_of(phone: str) -> str:
    """The last four digits of a phone number, before its extension; empty if there are fewer."""
    digits = digits_of(phone.partition("-")[0])
    return digits[-PROOF_DIGITS:] if len(digits) >= PROOF_DIGITS else ""
