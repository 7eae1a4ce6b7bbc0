"""How the text that patients and staff write is stored. Every such text is sealed before it is written and unsealed
after it is read: bodies, notes, the details of events, drafts, last lines, 留言, ratings and reasons.

No key exists yet, so a text is stored as it is: key 0. What a later key seals will begin with a header, U+0001, the
key's number and a colon. Both forms are read side by side, so that rows need not be rewritten when a key is set.
"""

import re
from typing import Any

from sqlalchemy import Text
from sqlalchemy.sql import operators

MARK = "\x01"
PLAIN = MARK + "0:"

_HEADER = re.compile(MARK + "([0-9]+):")
PLAIN_FROM = "\x02"
"""A stored text from here on, in the order of strings, is plain, and nearly every text is. The message path makes this
comparison itself, because a call would cost five times as much."""


class UnknownKey(ValueError):
    """A text was sealed with a key that this server does not have. `args[0]` is the key's number."""


class SealedText(Text):
    """The type of a column of sealed text. Statements write and read it whole: a database that cannot read a text can
    neither compare nor sort nor cut it. Whether there is a text at all may be asked (`is_`, `is_not`)."""

    class Comparator(Text.Comparator[str]):
        def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> Any:
            if op in (operators.is_, operators.is_not):
                return super().operate(op, *other, **kwargs)
            raise TypeError(f"{self.expr} is sealed text: SQL cannot look into it ({op.__name__})")

        def reverse_operate(self, op: operators.OperatorType, other: Any, **kwargs: Any) -> Any:
            return self.operate(op, other, **kwargs)

    comparator_factory = Comparator


def seal(text: str, owner: str, place: str) -> str:
    """The text as it is stored. `owner` is the id of the row whose key it gets (a conversation, 留言 or consultant),
    `place` says where in it the text stands, so that a sealed text cannot be moved to another place unnoticed.

    A text that begins like a sealed one is stored behind the header of key 0.
    """
    return text if text >= PLAIN_FROM or not _HEADER.match(text) else PLAIN + text


def unseal(stored: str, owner: str, place: str) -> str:
    """The text as it was written. Raises `UnknownKey`."""
    return stored if stored >= PLAIN_FROM else _opened(stored)


def _opened(stored: str) -> str:
    header = _HEADER.match(stored)
    if header is None:
        return stored
    if header[1] == "0":
        return stored[header.end() :]
    raise UnknownKey(header[1])
