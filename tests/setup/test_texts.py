"""Chinese and English catalogues have the same messages, all translated."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from .paths import ROOT

PLACEHOLDER = re.compile(r"\{\w+\}")

FOLDERS = ("widget/texts", "dashboard/texts")
CATALOGUES = [f"{folder}/{language}.po" for folder in FOLDERS for language in ("zh", "en")]


def catalogue(path: str) -> Catalog:
    """A catalogue; anything malformed in it is an error."""
    with Path(ROOT / path).open("rb") as file:
        return read_po(file, abort_invalid=True)


def entries(path: str) -> list[Message]:
    """All entries but the header."""
    return [message for message in catalogue(path) if message.id]


def by_key(path: str) -> dict[str, Message]:
    return {key(message): message for message in entries(path)}


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> list[str]:
    """The translation: one, or one for each plural form."""
    said = message.string
    return [said] if isinstance(said, str) else [form or "" for form in said or ()]


def placeholders(texts: list[str]) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_have_the_same_keys(folder: str) -> None:
    chinese, english = (by_key(f"{folder}/{language}.po") for language in ("zh", "en"))
    assert chinese
    assert chinese.keys() ^ english.keys() == set()


@pytest.mark.parametrize("path", CATALOGUES)
def test_nothing_is_left_untranslated(path: str) -> None:
    assert [key(message) for message in entries(path) if not all(forms(message))] == []
    assert [key(message) for message in entries(path) if message.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES)
def test_no_key_stands_twice(path: str) -> None:
    # babel merges a second entry of the same key into the first, so this reads the file itself.
    text = (ROOT / path).read_text(encoding="utf-8")
    keys = re.findall(r'^msgid (.+(?:\n".*")*)', text, re.MULTILINE)
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_have_the_same_placeholders(folder: str) -> None:
    chinese, english = (by_key(f"{folder}/{language}.po") for language in ("zh", "en"))
    differing = [
        name
        for name in chinese.keys() & english.keys()
        if placeholders(forms(chinese[name])) != placeholders(forms(english[name]))
    ]
    assert differing == []


@pytest.mark.parametrize(
    "worse",
    [
        "情况要紧", "掉线返回", "没有接手：", "正由他", "等您接入", "网上不能诊断", "非接待时间留下", "快到时限",
        "未送出", "应答", "记下备注",
        r" says\b", r"Go on\b", "were answered by", "for asking us", "Put this", "(?<![A-Za-z])no\\. ", "staff No",
        "[Dd]esk (?:has|is)|the desk", "Consultation desk",
    ],
)  # fmt: skip
def test_a_wording_that_a_better_one_replaced_is_gone(worse: str) -> None:
    said = [form for path in CATALOGUES for message in entries(path) for form in forms(message)]
    assert [form for form in said if re.search(worse, form)] == []


def test_every_text_that_a_page_asks_for_is_there() -> None:
    asked = {
        asked
        for path in (ROOT / "dashboard/templates").glob("*.html")
        for asked in re.findall(r"\bt(?:\.count)?\('([a-z_.]+)'[,)]", path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 50
    assert asked - by_key("dashboard/texts/zh.po").keys() == set()
