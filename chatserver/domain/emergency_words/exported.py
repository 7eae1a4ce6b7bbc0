"""The built-in words as plain values, from which the widget's copy is made (`scripts/emergency_words.py`).

The visitor's browser recognises an emergency while the connection is down, and must come to the same verdict. So it
gets the patterns themselves, and `widget/src/frame/emergency/recognise.ts` follows `emergency.py` step by step.
"""

import re
from typing import Any

from chatserver.domain.emergency_words import frames, phrases, spelling, together, words
from chatserver.domain.emergency_words.signs import GAPS, VOCABULARY


def exported() -> dict[str, Any]:
    """Everything that `recognise` looks for."""
    return {
        "gaps": GAPS,
        "vocabulary": VOCABULARY,
        # Pairs of a character and what it stands for.
        "characters": "".join(f"{chr(code)}{meant}" for code, meant in spelling.CHARACTERS.items() if meant),
        "hidden": "".join(chr(code) for code, meant in spelling.CHARACTERS.items() if not meant),
        "spelling": {
            "dots": spelling.DOTS.pattern,
            "dot": spelling.DOT.pattern,
            "spaces": spelling.SPACES.pattern,
            "spacedOut": spelling.SPACED_OUT.pattern,
            "spaceAtNumber": spelling.SPACE_AT_NUMBER.pattern,
            "space": spelling.SPACE.pattern,
        },
        "meant": [[pattern, meant] for meant, pattern in spelling.MEANT.items()],
        "signs": [
            {
                "kinds": sign.kinds,
                "level": sign.level,
                "manner": sign.manner.name,
                "ways": [_short(way) for way in sign.ways],
                "ordinaryIn": sign.ordinary_in,
            }
            for sign in words.SIGNS
        ],
        "facts": {name: _short(fact.pattern.pattern) for name, fact in together.FACTS.items()},
        "together": [
            {
                "kinds": each.kinds,
                "level": each.level,
                "facts": each.facts,
                "unless": each.unless,
                "least": each.least or len(each.facts),
            }
            for each in together.TOGETHER
        ],
        "harmless": _short(words.HARMLESS.pattern),
        "fields": {name: pattern.pattern for name, pattern in words.FIELDS.items()},
        "phrases": {
            name: pattern.pattern for name, pattern in vars(phrases).items() if isinstance(pattern, re.Pattern)
        },
        "near": frames.NEAR,
    }


def _short(pattern: str) -> str:
    """The pattern with its gaps and vocabulary named instead of spelled out (the reverse of `signs.filled`)."""
    for name, spelled in VOCABULARY.items():
        pattern = pattern.replace(f"(?:{spelled})", f"<{name}>")
    for gap, meaning in GAPS.items():
        pattern = pattern.replace(meaning, gap)
    return pattern
