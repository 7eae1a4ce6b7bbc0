"""The documents are written in plain English, as far as patterns can check that.

Generated tables are left out, because their words are the code's. In code, only words for people are checked.
"""

import re
import subprocess

import pytest

from .paths import DOCUMENTS, ROOT

GENERATED = re.compile(r"<!-- made from (?P<source>[^:]+): (?P<name>[^>]+) -->.*?<!-- end of (?P=name) -->", re.DOTALL)
BLOCK = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]*`")

HABITS = {
    "he or she for a person": re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]im|[Hh]is|[Hh]ers?|[Hh]imself|[Hh]erself)\b"),
    "a word that the glossary replaced": re.compile(
        r"\b(?:whoever|whomever|held out|to and fro|bells?)\b", re.IGNORECASE
    ),
    "X is no Y": re.compile(r"(?<!there )\b(?:is|are|was|were) no (?!longer\b|more\b)", re.IGNORECASE),
}

PAPER = re.compile(
    r"(?<![\w-])(?:(?P<file>[A-Z]{2,}\.md)\b"
    # A section of a paper: the name of the paper, then § or a number.
    r"|(?P<paper>DESIGN|DOMAIN|UX|LIMITS|FAULTS|ATTACKS|ROOMS|STYLE|PROTOCOL|BRIEF)(?= ?§|, §| \d))"
)
OWN_EXAMPLES = "tests/docs/test_language.py"
RELEASED = (
    "chatserver/store/migrations/versions/0001_first.py",
    "chatserver/store/migrations/versions/0003_routing.py",
)
"""Migrations that have run somewhere are never changed; in these a comment on a column says "he"."""
VISITORS_WORDS = ("chatserver/domain/emergency_words/", "tests/domain/test_emergency.py")
"""What visitors write, as patterns and as examples."""
TEXT_FILES = (".py", ".ts", ".tsx", ".css", ".html", ".po", ".toml", ".md", "Makefile")


def prose(document: str) -> str:
    """The sentences people wrote: without generated tables and code."""
    text = GENERATED.sub("", DOCUMENTS[document])
    return CODE.sub("", BLOCK.sub("", text))


def found(habit: str, text: str) -> list[str]:
    """The lines that show the habit."""
    return [line for line in text.splitlines() if HABITS[habit].search(line)]


def papers_in(text: str) -> set[str]:
    """Papers that the text cites and the repository does not have."""
    cited = {match["file"] or match["paper"] for match in PAPER.finditer(text)}
    return {name for name in cited if not (ROOT / name).exists()}


def committed() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.splitlines() if name.endswith(TEXT_FILES) and (ROOT / name).is_file()]


@pytest.mark.parametrize(
    ("habit", "line"),
    [
        ("he or she for a person", "The visitor loses his place."),
        ("he or she for a person", "She may claim it."),
        ("a word that the glossary replaced", "Whoever comes back rings a doorbell, not a bell."),
        ("X is no Y", "PORTT is no setting."),
        ("X is no Y", "What it sends are no frames."),
    ],
)
def test_a_bad_habit_is_found(habit: str, line: str) -> None:
    assert found(habit, line) == [line]


@pytest.mark.parametrize(
    "line", ["There is no site.", "It is no longer there.", "They keep their place.", "The history."]
)
def test_plain_english_is_not_reported(line: str) -> None:
    assert [habit for habit in HABITS if found(habit, line)] == []


def test_a_cited_paper_is_found() -> None:
    assert papers_in("As DESIGN §7 and UX.md say (README.md, A01, F03, SQL 5).") == {"DESIGN", "UX.md"}


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name != "README.zh-CN.md"])
def test_a_document_avoids_the_habit(document: str, habit: str) -> None:
    assert found(habit, prose(document)) == []


def test_nothing_cites_a_paper_that_is_not_in_the_repository() -> None:
    cited = {name: papers_in((ROOT / name).read_text("utf-8")) for name in committed() if name != OWN_EXAMPLES}
    assert {name: papers for name, papers in cited.items() if papers} == {}


def test_code_says_they_for_people() -> None:
    person = "he or she for a person"
    code = [
        name
        for name in committed()
        if name not in DOCUMENTS and not name.startswith((*RELEASED, *VISITORS_WORDS, OWN_EXAMPLES))
    ]
    lines = {name: found(person, (ROOT / name).read_text("utf-8")) for name in code}
    assert {name: those for name, those in lines.items() if those} == {}
