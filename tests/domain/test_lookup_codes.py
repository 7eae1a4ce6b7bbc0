"""查询码: how they are spelled, and which four digits belong to them."""

import pytest

from chatserver.domain.lookup_codes import digits_of, grouped, proof_of


@pytest.mark.parametrize(
    "told", ["0123456789", "012 345 6789", "012-345-6789", "０１２３４５６７８９", " 012 345\u00a06789\n"]
)
def test_a_code_is_read_however_it_is_divided(told: str) -> None:
    assert digits_of(told) == "0123456789"


def test_a_code_is_shown_in_groups() -> None:
    assert grouped("0123456789") == "012 345 6789"


@pytest.mark.parametrize(
    ("phone", "digits"),
    [("13812345678", "5678"), ("+85291234567", "4567"), ("073188880120-8012", "0120"), ("", ""), ("123", "")],
)
def test_the_proof_is_the_end_of_the_phone_number_without_its_extension(phone: str, digits: str) -> None:
    assert proof_of(phone) == digits
