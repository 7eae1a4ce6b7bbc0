"""Spells out characters that hide something: those that reverse the direction of the text, have no width, or show
nothing.

One list for all pages; a test compares it with that of the clients (widget/src/shared/hiddenCharacters.ts). Only for
display: what is stored, copied or sent stays unchanged.
"""

import unicodedata

JOINER = 0x200D
"""The zero-width joiner. Within an emoji (a family, a profession) it hides nothing, so it is not spelled out there."""
HIDING = frozenset(
    {
        0x00AD,  # soft hyphen
        0x034F,  # combining grapheme joiner
        0x061C,  # Arabic letter mark
        *(0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0),  # fillers
        0x180E,  # Mongolian vowel separator
        *range(0x200B, 0x2010),  # spaces of no width, joiners, direction marks
        *range(0x202A, 0x202F),  # bidi embeddings and overrides
        *range(0x2060, 0x2065),  # word joiner, invisible operators
        *range(0x2066, 0x2070),  # bidi isolates, deprecated format characters
        0xFEFF,  # byte order mark
        *range(0xE0000, 0xE0080),  # tags
    }
)
_BESIDE_A_JOINER = ("So", "Sk")
"""Categories of characters that a joiner connects within an emoji: pictures, and skin colours."""


def visible(text: str) -> str:
    """`text` with each hiding character spelled out, as in `[U+202E]`."""
    if HIDING.isdisjoint(map(ord, text)):
        return text
    return "".join(_shown(text, at) for at in range(len(text)))


def hides(text: str) -> bool:
    """Whether anything in it would be spelled out."""
    return visible(text) != text


def _shown(text: str, at: int) -> str:
    code = ord(text[at])
    if code not in HIDING or (code == JOINER and at and _is_emoji(text[at - 1])):
        return text[at]
    return f"[U+{code:04X}]"


def _is_emoji(character: str) -> bool:
    return character == "\ufe0f" or unicodedata.category(character) in _BESIDE_A_JOINER
