"""What is shown of a phone number to whoever does not need the whole of it."""

SHOWN_BEFORE, SHOWN_AFTER = 3, 4
LONG = 9
"""Digits from which on three in front and four behind give nobody away; of fewer, two behind are shown."""


def masked_phone(phone: str) -> str:
    """138****5678. Nothing but digits and stars; empty stays empty."""
    digits = "".join(each for each in phone if each.isdigit())
    if len(digits) >= LONG:
        hidden = len(digits) - SHOWN_BEFORE - SHOWN_AFTER
        return digits[:SHOWN_BEFORE] + "*" * hidden + digits[-SHOWN_AFTER:]
    return "*" * max(0, len(digits) - 2) + digits[-2:] if len(digits) > 2 else "*" * len(digits)
