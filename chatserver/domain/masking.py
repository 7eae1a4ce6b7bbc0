"""What is shown of a phone number to people who do not need the whole number."""

SHOWN_BEFORE, SHOWN_AFTER = 3, 4
LONG = 9
"""With at least this many digits, three in front and four at the end identify nobody. Of fewer digits, only the last
two are shown."""


def masked_phone(phone: str) -> str:
    """138****5678. Contains only digits and stars; empty stays empty."""
    digits = "".join(each for each in phone if each.isdigit())
    if len(digits) >= LONG:
        hidden = len(digits) - SHOWN_BEFORE - SHOWN_AFTER
        return digits[:SHOWN_BEFORE] + "*" * hidden + digits[-SHOWN_AFTER:]
    return "*" * max(0, len(digits) - 2) + digits[-2:] if len(digits) > 2 else "*" * len(digits)
