"""The punctuation of Chinese texts is full-width wherever a person reads them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from .paths import DOCUMENTS, ROOT

HAN = r"[\u3400-\u9fff]"
FILLED = r"(?:\d|\{[^{}]*\})*"
"""Digits and placeholders stand for words: a mark next to them still counts as next to the Chinese character beyond."""
HALF_WIDTH = re.compile(rf"{HAN}{FILLED}[,;?!()]|[,;?!()]{FILLED}{HAN}|{HAN}:")
LITERAL = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?P<literal>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)""", re.DOTALL
)
QUOTED = re.compile(r'"[^"\n]*"')

CATALOGUES = sorted(ROOT.glob("*/texts/zh.po"))
TEMPLATES = sorted(ROOT.glob("dashboard/templates/*.html"))
PYTHON = sorted(
    path
    for folder in ("chatserver", "scripts", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if path.parent.name != "emergency_words"  # patterns, which nobody reads on a screen
)
TYPESCRIPT = sorted(
    path
    for folder in ("dashboard/src", "widget/src")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".ts", ".tsx", ".json"}
    and (path.parent.name, path.suffix) != ("emergency", ".json")  # patterns, and what visitors may type
    and path.name != "masking.ts"  # patterns
)


def catalogued(path: Path) -> Iterator[str]:
    """The sentences of a catalogue, with all plural forms."""
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id and message.string:
                yield from [message.string] if isinstance(message.string, str) else message.string


def python_literals(path: Path) -> Iterator[str]:
    """The strings of a module, without docstrings, which are English, and without patterns."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.JoinedStr):
            passed_over.update(id(part) for part in node.values)
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield from () if is_pattern(text) else (text,)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_pattern(node.value):
            yield node.value


def is_pattern(text: str) -> bool:
    return "|" in text or "(?" in text


def typescript_literals(path: Path) -> Iterator[str]:
    """The strings of a module, without comments, which are English."""
    for found in LITERAL.finditer(path.read_text(encoding="utf-8")):
        if literal := found["literal"]:
            yield literal.replace("${", "{")


def half_width(texts: Iterator[str]) -> list[str]:
    """Those that break the rule."""
    return [text for text in texts if HALF_WIDTH.search(text)]


@pytest.mark.parametrize(
    "text",
    [
        "您好,请说", "您好;请说", "您好?", "您好!", "(最长", "最长)", "工号:012", "12(个)", "工号012)",
        "共 3位{n},还有", "等候{n}?", "{a}({b})个", "({n}位)",
    ],
)  # fmt: skip
def test_a_half_width_mark_beside_a_chinese_character_is_found(text: str) -> None:
    assert HALF_WIDTH.search(text)


@pytest.mark.parametrize(
    "text", ["您好，请说。", "（最长）", "Hello, how can we help?", "8:10 起", "等候 0:12，空闲", "您好…", "GET /?a=1"]
)
def test_anything_else_is_not(text: str) -> None:
    assert not HALF_WIDTH.search(text)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_a_catalogue_has_full_width_punctuation(path: Path) -> None:
    assert half_width(catalogued(path)) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_a_chinese_sentence_made_of_placeholders_has_full_width_punctuation(path: Path) -> None:
    made = [text for text in catalogued(path) if not re.search(rf"{HAN}|[A-Za-z]", re.sub(r"\{[^{}]*\}", "", text))]
    assert [text for text in made if re.search(r"[,;?!()]|:(?!\d)", re.sub(r"\{[^{}]*\}", "", text))] == []


def test_a_template_has_full_width_punctuation() -> None:
    assert half_width(path.read_text(encoding="utf-8") for path in TEMPLATES) == []


def test_what_the_server_says_in_chinese_has_full_width_punctuation() -> None:
    assert {str(path): found for path in PYTHON if (found := half_width(python_literals(path)))} == {}


def test_what_the_front_end_says_in_chinese_has_full_width_punctuation() -> None:
    assert {str(path): found for path in TYPESCRIPT if (found := half_width(typescript_literals(path)))} == {}


def test_the_front_end_joins_no_words_with_a_mark_of_its_own() -> None:
    joined = re.compile(r"[}`][:,;?!]\$?\{")
    lines = (line for path in TYPESCRIPT if path.suffix == ".tsx" for line in path.read_text("utf-8").splitlines())
    assert [line for line in lines if joined.search(line)] == []


def test_the_chinese_readme_has_full_width_punctuation() -> None:
    assert half_width(iter(DOCUMENTS["README.zh-CN.md"].splitlines())) == []


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name != "README.zh-CN.md"])
def test_chinese_that_a_document_quotes_has_full_width_punctuation(document: str) -> None:
    assert half_width(found.group() for found in QUOTED.finditer(DOCUMENTS[document])) == []
