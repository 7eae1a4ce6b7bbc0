"""How the sources of the front end are named, and how long they may be."""

import re
from pathlib import Path

from .paths import ROOT

COMPONENTS = re.compile(r"[A-Z][A-Za-z]*\.tsx")
OTHERS = re.compile(r"[a-z][A-Za-z]*(\.model)?(\.test)?\.tsx?|[a-z][A-Za-z]*\.(css|examples\.json)|(words|asked)\.json")
TEST_OF_A_COMPONENT = re.compile(r"[A-Z][A-Za-z]*\.test\.tsx?")
ENTRIES = {"main.tsx", "mount.tsx"}
"""Entry points that render something but export no component."""


MOST_LINES_OF_A_STYLE = 300
MOST_LINES_OF_A_SCRIPT = 350
GENERATED = {"frames.ts"}


def sources() -> list[Path]:
    return [path for front in ("widget", "dashboard") for path in (ROOT / front / "src").rglob("*") if path.is_file()]


def test_a_component_stands_in_pascal_case_and_everything_else_in_camel_case() -> None:
    assert sources()
    for path in sources():
        if ".test." in path.name:
            patterns = [TEST_OF_A_COMPONENT, OTHERS]
        else:
            patterns = [COMPONENTS] if path.suffix == ".tsx" and path.name not in ENTRIES else [OTHERS]
        assert any(pattern.fullmatch(path.name) for pattern in patterns), path


def test_no_two_sources_of_a_folder_differ_in_their_letters_case_alone() -> None:
    """They would be one file on macOS or Windows, and one module for every import."""
    scripts = [path for path in sources() if path.suffix in {".ts", ".tsx"} and ".test." not in path.name]
    stems = {str(path.with_suffix("")) for path in scripts}
    assert len({stem.lower() for stem in stems}) == len(scripts)


def test_no_style_is_longer_than_one_can_oversee() -> None:
    styles = [*sources(), *(ROOT / "dashboard/styles").iterdir()]
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in styles if path.suffix == ".css"}
    assert lengths
    assert {path: length for path, length in lengths.items() if length > MOST_LINES_OF_A_STYLE} == {}


def test_no_script_holds_more_than_one_subject() -> None:
    """Measured by length. Tests may be longer, because their cases stand one below the other."""
    scripts = [path for path in sources() if path.suffix in {".ts", ".tsx"} and ".test." not in path.name]
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in scripts if path.name not in GENERATED}
    assert lengths
    assert {path: length for path, length in lengths.items() if length > MOST_LINES_OF_A_SCRIPT} == {}
