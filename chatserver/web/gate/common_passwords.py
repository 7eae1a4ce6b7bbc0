"""Whether a password is made of what attackers try first: common words, the login, the hospital's names, runs of the
keyboard.

A phrase of several words of one's own is never refused, however plain the words are.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("common_passwords.txt")

LEAST_WORD = 4
"""Only words with at least this many letters are searched for within a password."""
WORDS = 2
"""A password of at most this many common words, with only digits and signs between them, does not count as a phrase."""
OWN = 4
"""With this many letters besides the common words, a password counts as somebody's own."""

LEET = str.maketrans("013457@$!|", "oieastasil")
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "qazwsxedcrfvtgbyhnujm",
    "!@#$%^&*()_+",
)
SHORTEST_RUN = 4

GENERIC = {
    *("hospital", "clinic", "medical", "center", "centre", "health", "healthcare", "department", "university"),
    *("live", "chat", "online", "people", "first", "second", "the", "and", "for"),
    *("医院", "在线", "咨询", "在线咨询", "医院在线咨询", "诊所", "中心"),
}
"""Words that many hospitals have in their names; they do not identify one."""


def is_common(password: str) -> bool:
    """Whether hardly anything is left of the password without common words, digits, signs and runs of the keyboard."""
    text = folded(password)
    if _is_repeated(text):
        return True
    return any(_is_made_of_the_list(each) for each in {text, text.translate(LEET)})


def names_of(hospital: Iterable[str]) -> frozenset[str]:
    """The names of this hospital, and those of their words that identify it."""
    found = set()
    for name in map(folded, hospital):
        words = re.findall(r"[a-z]+|[\u4e00-\u9fff]+", name)
        own = {word.removesuffix("医院").removesuffix("在线咨询") for word in words} | {"".join(words)}
        found |= {word for word in own - GENERIC if len(word) >= (2 if word[:1] > "z" else LEAST_WORD)}
    return frozenset(found)


def folded(text: str) -> str:
    """The text in the form in which texts are compared: in lower case, without full-width forms and without spaces at
    the ends."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _is_made_of_the_list(text: str) -> bool:
    left, taken = _without_runs(text), 0
    for word in _words_by_length():
        if word in left:
            left = left.replace(word, " ")
            taken += 1
    if left != text and taken <= WORDS:
        return sum(each.isalpha() for each in left) < OWN
    return False


def _without_runs(text: str) -> str:
    """The text without runs of the alphabet, the digits or a row of keys, forwards or backwards."""
    for run in (*RUNS, *(each[::-1] for each in RUNS)):
        for length in range(len(run), SHORTEST_RUN - 1, -1):
            for start in range(len(run) - length + 1):
                text = text.replace(run[start : start + length], " ")
    return text


def _is_repeated(text: str) -> bool:
    """Whether the text is one piece, repeated."""
    return (text + text).find(text, 1) < len(text)


@cache
def _words_by_length() -> tuple[str, ...]:
    lines = LIST.read_text("utf-8").splitlines()
    words = {line for line in lines if len(line) >= LEAST_WORD and not line.startswith("#")} | {
        word for word in GENERIC if len(word) >= LEAST_WORD
    }
    return tuple(sorted(words, key=lambda word: (-len(word), word)))
