"""Masks personal numbers for people who do not need the whole number: each kind alone, and within any text.

A masked number keeps its length and its separators, so that people still see what kind of number it is. A number need
not be valid: one with a mistake in it is masked, too, if its form or the word before it shows what it is.
"""

import re
import unicodedata

SHOWN_BEFORE, SHOWN_AFTER = 3, 4
LONG = 9
"""A phone number with at least this many digits is shown with its first three and last four, which do not identify
anybody. Of a shorter one, only the last two are shown."""

IDENTITY_SHOWN = (3, 2)
"""How many places of an identity number are shown: part of the region at the beginning, and two at the end. The last
four would be enough to identify somebody at a desk."""
CARD_SHOWN = (0, 4)
RECORD_SHOWN = (0, 2)
"""How many places are shown of the number of a medical record, an insurance card, a passport and the like."""

_GAP = r"[ .-]?"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"
_IS = r"(?:号码|号|码)?(?:是|为|[ :#])*"
_GROUPED = "|".join(
    # The ways in which people divide eleven digits. If gaps were allowed anywhere, "weeks 1 3 5 7 9 11 12 14" would be
    # a phone number.
    [
        r"1[3-9]\d{9}",
        rf"1[3-9]\d(?:{_GAP}\d{{4}}){{2}}",
        rf"1[3-9]\d{_GAP}\d{{3}}{_GAP}\d{{5}}",
        rf"1[3-9]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{4}}",
        rf"1[3-9]\d{_GAP}\d{{8}}",
        rf"1[3-9]\d{{5}}{_GAP}\d{{4}}",
        rf"1[3-9]\d(?:{_GAP}\d\d){{4}}",
        r"1[ -][3-9](?:[ -]\d){9}",
    ]
)

_KINDS = re.compile(
    rf"""
    (?<![\w.+-])(?P<email>[a-z0-9](?:[\w.+-]*[\w+-])?@(?:[a-z0-9-]+\.)+[a-z]{{2,}})
    # Numbers of things. They stay, whatever they look like.
  | (?P<thing>(?:订单|流水|运单|快递|预约|发票|交易|单)[单]?号[码]?(?:是|为|[ :#])*[a-z0-9-]+)
  | (?:(?:病历|病案|住院|门诊|就诊|诊疗|检查|医保|社保|护照|通行证)卡?号码?
      |(?:就诊|诊疗|医保|社保|健康)卡(?=[ :是为]*\d{{6}})|medical\ record(?:\ (?:no\.?|number))?|mrn)
      (?:是|为|[ :#])*(?P<record>[a-z]{{0,3}}\d(?:-?\d){{3,19}})(?!\d)
  | (?:银行卡|储蓄卡|信用卡|卡号|账号|帐号){_IS}(?P<account>\d(?:[ -]?\d){{11,18}})(?!\d)
  | (?<!\d)(?P<identity>{_PROVINCE}\d{{4}}{_GAP}
      (?:(?:18|19|20)\d\d{_GAP}{_DAY}{_GAP}\d{{3}}[\dx]|\d\d{_DAY}\d{{3}}))(?![\dx])
  | (?<![\d.])(?P<card>[3-69]\d{{3}}(?:[ -]?\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?)(?!\d)
  | (?<!\d)(?:(?:\+|00)?86[ -]?)?(?P<mobile>{_GROUPED})(?!\d)
  | (?<!\d)(?P<landline>\(?0(?:10|2\d|[3-9]\d\d)\)?[ -]{{0,2}}[2-8]\d{{2,3}}[ -]?\d{{4}})(?!\d)
  | (?<!\d)\+(?P<foreign>[1-9]\d{{0,2}}(?:[ .()-]{{0,2}}\d){{7,12}})(?!\d)
  | (?:电话|座机|手机|联系方式|phone|tel){_IS}(?P<short>[2-8]\d{{2,3}}[ -]?\d{{4}})(?!\d)
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def masked_phone(phone: str) -> str:
    """138****5678. Contains only digits and stars; empty stays empty."""
    digits = "".join(each for each in phone if each.isdigit())
    return _starred(digits, *_shown_of_phone(len(digits)))


def masked_identity(number: str) -> str:
    """430*************3X, of an identity number with 18 or 15 places."""
    return _starred(number, *IDENTITY_SHOWN)


def masked_card(number: str) -> str:
    """**** **** **** 1234, of the number of a bank card."""
    return _starred(number, *CARD_SHOWN)


def masked_record(number: str) -> str:
    """*****67, of the number of a medical record, an insurance card or a passport."""
    return _starred(number, *RECORD_SHOWN)


def masked_email(address: str) -> str:
    """z***@qq.com. The number of stars says nothing about the length."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if domain else "***"


def masked_text(text: str) -> str:
    """The text with every personal number in it masked. Dates, prices, times and numbers of orders stay."""
    plain, places = _plain(text)
    pieces: list[str] = []
    done = 0
    for found in _KINDS.finditer(plain):
        kind = found.lastgroup
        if kind is None or kind == "thing" or (kind == "card" and not _is_card(found["card"])):
            continue
        start, end = places[found.start(kind)], places[found.end(kind) - 1] + 1
        pieces += (text[done:start], _masked(kind, text[start:end]))
        done = end
    return "".join((*pieces, text[done:]))


def _masked(kind: str, number: str) -> str:
    match kind:
        case "email":
            return masked_email(number.replace("＠", "@"))
        case "identity":
            return masked_identity(number)
        case "account" | "card":
            return masked_card(number)
        case "record":
            return masked_record(number)
        case _:
            return _starred(number, *_shown_of_phone(sum(each.isdigit() for each in number)))


def _shown_of_phone(digits: int) -> tuple[int, int]:
    return (SHOWN_BEFORE, SHOWN_AFTER) if digits >= LONG else (0, 2 if digits > 2 else 0)


def _starred(number: str, before: int, after: int) -> str:
    """The number with stars for all letters and digits except the first `before` and the last `after`."""
    places = [place for place, each in enumerate(number) if each.isalnum()]
    hidden = set(places[before : max(before, len(places) - after)])
    return "".join("*" if place in hidden else each for place, each in enumerate(number))


def _plain(text: str) -> tuple[str, list[int]]:
    """The text with plain digits, letters and separators, character by character, and where each of them stands in
    the original. Zero-width characters are left out: they may stand between the digits of a copied number."""
    characters, places = [], []
    for place, each in enumerate(text):
        plain = _plain_character(each)
        if plain:
            characters.append(plain)
            places.append(place)
    return "".join(characters), places


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in ("Cf", "Pd", "Zs"):
        return {"Cf": "", "Pd": "-", "Zs": " "}[category]
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if len(compatible) == 1 else character


def _is_card(number: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1). Without this check, any long number could count as a card
    number."""
    digits = [int(each) for each in number if each.isdigit()]
    doubled = [2 * each - 9 * (each > 4) for each in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
