"""The glossary names files that are there, and each word once."""

import re
from collections import Counter

from tests.setup.paths import ROOT

GLOSSARY = (ROOT / "docs/glossary.md").read_text("utf-8")
TABLES = [line.strip("|") for line in GLOSSARY.splitlines() if line.startswith("| ")]
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLES]
WORDS = [row for row in ROWS if row[0] not in ("Word", "---")]


def test_every_word_lives_where_the_glossary_says() -> None:
    places = {place for row in WORDS for place in re.findall(r"`([\w/]+\.py)`", row[-1])}
    assert len(places) > 20
    assert [place for place in sorted(places) if not (ROOT / "chatserver" / place).exists()] == []


def test_one_word_is_one_thing() -> None:
    assert [word for word, times in Counter(row[0] for row in WORDS).items() if times > 1] == []
