"""Switching a mechanism off changes exactly what it names, or fails because this is not there."""

import pytest

from tests.switching import Body, Instead, Later, NotOnce, Switch, Value, Without, switched_off

SOURCE = '''
LIMIT: int = 5
KINDS = ("a", "b")


class Door:
    async def open(self, who: str, at: int) -> bool:
        """Whether it opened."""
        if at > LIMIT:  # too late
            return False
        self.log.info("opened", who=who)
        await self.ring(who, at)
        return who in KINDS and at >= 0

    def shut(self) -> None:
        self.ring(
            "x", 1)
        self.ring("y", 1)
'''


@pytest.mark.parametrize(
    ("symbol", "switch", "gone", "there"),
    [
        ("m:LIMIT", Value("_ * 100"), "LIMIT: int = 5\n", "LIMIT: int = 5 * 100"),
        ("m:KINDS", Without('"a"'), "'a'", "KINDS = ('b',)"),
        ("m:Door.open", Body("return True"), "Whether it opened", "-> bool:\n        return True\n"),
        ("m:Door.open", Without("if at > LIMIT: ..."), "return False", "await self.ring"),
        ("m:Door.open", Without("self.ring(...)"), "await self.ring", "return who in KINDS"),
        ("m:Door.open", Without("at >= 0"), "at >= 0", "return who in KINDS\n"),
        ("m:Door.open", Instead("at > LIMIT", "_ and who"), "if at > LIMIT:", "if at > LIMIT and who:"),
        ("m:Door.open", Instead("self.ring(...)", "return 1"), "await", "return 1"),
        (
            "m:Door.open",
            Later("self.log.info(...)", behind="self.ring(...)"),
            ":\n        self.log",
            ", at)\n        self.log",
        ),
        ("m:Door.shut", Without("self.ring('x', 1)"), "'x'", "'y'"),
    ],
)
def test_what_is_named_is_changed(symbol: str, switch: Switch, gone: str, there: str) -> None:
    text = switched_off(SOURCE, symbol, switch)
    assert gone not in text
    assert there in text


@pytest.mark.parametrize(
    ("symbol", "switch"),
    [
        ("m:LIMITS", Value("6")),
        ("m:Door.close", Body("pass")),
        ("m:open", Body("pass")),
        ("m:Door.open", Without("if at > LIMIT + 1: ...")),
        ("m:Door.open", Without("self.ring('y', ...)")),
        ("m:Door.shut", Without("self.ring(...)")),
        ("m:Door.shut", Instead("1", "2")),
        ("m:Door.open", Later("self.log.info(...)", behind="self.shut()")),
    ],
)
def test_what_is_not_there_exactly_once_is_said(symbol: str, switch: Switch) -> None:
    with pytest.raises(NotOnce):
        switched_off(SOURCE, symbol, switch)


@pytest.mark.parametrize(
    ("symbol", "switch"), [("m:LIMIT", Value("5")), ("m:LIMIT", Body("pass")), ("m:Door.open", Value("1"))]
)
def test_what_changes_nothing_is_said(symbol: str, switch: Switch) -> None:
    with pytest.raises(AssertionError):
        switched_off(SOURCE, symbol, switch)
