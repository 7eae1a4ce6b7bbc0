"""Makes what hides in a text visible to staff: characters that turn its direction or take no room.

Joiners (U+200C, U+200D) stay: emoji and several scripts are made of them. Changes no stored text.
"""

HIDING = (
    *range(0x202A, 0x202F),  # bidi embeddings and overrides
    *range(0x2066, 0x206A),  # bidi isolates
    *(0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF),  # marks, and spaces of no width
)
_SHOWN = {code: f"[U+{code:04X}]" for code in HIDING}


def visible(text: str) -> str:
    """`text` with each hiding character spelled out, as in `[U+202E]`."""
    return text.translate(_SHOWN)
