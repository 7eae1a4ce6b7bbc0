"""docs/attacks.md lists every numbered attack once, with tests that exist (tests/attack/index.py)."""

import re

from tests.attack.index import ATTACKS, ROOT, Attack, numbers_in, own, where

AT_LEAST = 40
LONGEST = 80
"""Characters of an attack's name."""
BROKEN = re.compile(r"[\x00-\x1f\x7f-\xff]")
"""Controls, and bytes that were mistaken for characters."""


def test_every_number_is_there_once() -> None:
    assert [each.number for each in ATTACKS] == list(range(1, 101))


def test_every_test_that_is_named_exists() -> None:
    named = {test for each in ATTACKS for test in where(each)}
    assert {test for test in named if not exists(test)} == set()


def test_an_attack_is_tested_or_its_subject_is_not_there() -> None:
    assert [each.name for each in ATTACKS if bool(where(each)) is bool(each.absent)] == []


def test_there_are_forty_attacks_of_our_own() -> None:
    names = [name for _, attacks in own() for name in attacks]
    assert len(names) == len(set(names)) >= AT_LEAST


def test_what_is_sent_can_be_read_in_a_table() -> None:
    names = [name for _, attacks in own() for name in attacks]
    assert [name for name in names if len(name) > LONGEST or BROKEN.search(name)] == []


def test_numbers_are_found_one_by_one_and_in_ranges() -> None:
    assert numbers_in("test_a08_a85_handshakes") == {8, 85}
    assert numbers_in("A10–A12, A99 and A100: it ends.") == {10, 11, 12, 99, 100}
    assert numbers_in("A4 paper, BA12, a12b") == set()


def test_a_test_that_is_not_there_is_missed() -> None:
    assert not exists("tests/docs/test_attacks.py::test_of_nothing")
    assert not exists("tests/attack/test_nothing.py")
    assert where(Attack(0, "", "", ("tests/x.py",))) == ("tests/x.py",)


def exists(test: str) -> bool:
    """Whether this test exists: a file, or file::name."""
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.exists() and (not name or re.search(rf"def {name}\(", file.read_text("utf-8")) is not None)
