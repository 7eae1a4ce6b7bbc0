"""Which phone numbers are accepted, and in which form they are kept."""

import pytest

from chatserver.domain.masking import masked_phone
from chatserver.domain.phone import checked_phone
from chatserver.domain.refusals import PhoneInvalid

from .people import assert_refused


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("", ""),
        ("  ", ""),
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("0731-88880120", "073188880120"),
        ("（0731）8888 0120", "073188880120"),
        ("010 6512 3456", "01065123456"),
        ("0731-88880120 转 8012", "073188880120-8012"),
        ("0731-88880120（分机8012）", "073188880120-8012"),
        ("+852 9123 4567", "+85291234567"),
        ("+1 650 253 0000", "+16502530000"),
        ("＋44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_number_is_kept_as_it_is_dialled(typed: str, dialled: str) -> None:
    assert checked_phone(typed, "CN") == dialled


def test_what_is_kept_is_kept_the_same_again() -> None:
    for number in ("13812345678", "073188880120", "+85291234567"):
        assert checked_phone(number, "CN") == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1381234567", "number"),  # ten digits: one is missing
        ("138123456789", "number"),
        ("12812345678", "number"),
        ("88880120", "number"),  # without its area code
        ("12345", "number"),
        ("120", "number"),
        ("call me", "number"),
        ("138abcd5678", "number"),
        ("13812345678 或 13912345678", "number"),
        ("微信 13812345678", "number"),
        ("+1 650 253", "number"),
        ("+999 1234567", "number"),
        ("4008001234", "kind"),
        ("400-800-1234", "kind"),
        ("800 810 1234", "kind"),
    ],
)
def test_what_nobody_can_be_reached_by_is_refused(typed: str, why: str) -> None:
    with assert_refused(PhoneInvalid, why=why):
        checked_phone(typed, "CN")


def test_another_country_has_its_own_numbers() -> None:
    assert checked_phone("650-253-0000", "US") == "6502530000"
    assert checked_phone("+86 13812345678", "US") == "+8613812345678"
    with assert_refused(PhoneInvalid):
        checked_phone("13812345678", "US")


@pytest.mark.parametrize("number", ["13812345678", "073188880120", "073188880120-8012", "+85291234567"])
def test_of_every_number_most_is_masked(number: str) -> None:
    masked = masked_phone(number)
    assert "*" in masked
    assert masked.strip("*") != number
