"""A phone number that a visitor left: one that somebody can call, in the form in which it is dialled."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from chatserver.domain.refusals import PhoneInvalid

CALLED = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""Numbers that reach a person. 400 and 800 numbers and the like belong to companies, and calling them costs money."""

EXTENSION = re.compile(r"(?<=\d)[\s,，(（-]*(?:转|分机|ext\.?|x)[\s:：]*(\d{1,8})[)）]?$", re.IGNORECASE)


def checked_phone(phone: str, region: str) -> str:
    """The number as it is dialled in the hospital's `region` (CN …); a foreign one with + and its country code. Empty
    stays empty. Raises `PhoneInvalid` if nobody can be reached at it: `why` is number, or kind (400 …)."""
    phone = phone.strip()
    if not phone:
        return ""
    extension = EXTENSION.search(phone)
    number = _parsed(phone[: extension.start()] if extension else phone, region)
    if phonenumbers.number_type(number) not in CALLED:
        raise PhoneInvalid(why="kind")
    dialled = _dialled(number, region)
    return f"{dialled}-{extension[1]}" if extension else dialled


def _parsed(phone: str, region: str) -> PhoneNumber:
    # The library also accepts letters, as on a dial, and finds a number among other words.
    if not re.fullmatch(r"[\d\s+＋()（）./\-－—‐–]+", phone):
        raise PhoneInvalid(why="number")
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        raise PhoneInvalid(why="number") from None
    if not phonenumbers.is_valid_number(number):
        # A 400 number passes this check; the library reports it by its type.
        raise PhoneInvalid(why="number")
    return number


def _dialled(number: PhoneNumber, region: str) -> str:
    if phonenumbers.region_code_for_number(number) != region:
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(each for each in national if each.isdigit())
