"""Everything that the documents name exists, and everything that they must name is there."""

import re
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import click
import pytest

from chatserver.cli.main import main as commands
from chatserver.settings import variables

from .paths import DOCUMENTS, ROOT

READMES = ("README.md", "README.zh-CN.md")
MADE = {
    "docs/protocol.md": ("events", "refusals", "close codes"),
    "docs/architecture.md": ("state diagram", "state machine", "permissions"),
    "docs/operations/configure.md": ("hospital file", "settings"),
    "docs/operations/run.md": ("commands", "metrics"),
}
"""Document → the tables that scripts/reference.py writes into it."""

LARGEST_PICTURE = 250_000
LINK = re.compile(r"\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
ADVERTISING = re.compile(
    r"\b(seamless|powerful|blazing|effortless|revolutionary|world-class|cutting-edge|robust|leverage)\w*", re.IGNORECASE
)
FILE = re.compile(r"\.(?:py|tsx?|po|md|css|tsv|txt|toml|svg|html)$")
FOLDER = re.compile(
    r"(?:chatserver|widget|dashboard|scripts|tests|bench|docs|requirements"
    r"|domain|wire|store|bus|hub|web|transport|records|cli|actions|simulation|demo)/"
)
BUILT = ("hospital.toml", "client.py")
"""Files that readers of the documents make themselves."""
ONE_MACHINE = re.compile(r"(?<![\w./])/(?:root|home|tmp|work|Users)/")


def without_blocks(text: str) -> str:
    """The text without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors of the headings in links."""
    headings = re.findall(r"^#+ (.+)$", without_blocks(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str) -> list[str]:
    """The targets of its links and pictures."""
    return [first or second for first, second in LINK.findall(without_blocks(text))]


def command_names(name: str, command: click.Command) -> set[str]:
    """The full names of all commands, such as `chatserver account add`."""
    if not isinstance(command, click.Group):
        return {name}
    below = (command_names(f"{name} {word}", each) for word, each in command.commands.items())
    return {name}.union(*below)


@pytest.mark.parametrize("document", MADE)
def test_a_document_has_its_tables(document: str) -> None:
    for table in MADE[document]:
        assert f"<!-- made from the code: {table} -->" in DOCUMENTS[document]
        assert f"<!-- end of {table} -->" in DOCUMENTS[document]


def test_the_tables_say_what_the_code_says() -> None:
    command = [sys.executable, "scripts/reference.py", "--check"]
    check = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert check.returncode == 0, check.stderr


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_setting_named_exists(document: str) -> None:
    assert set(re.findall(r"CHATSERVER_[A-Z0-9_]*[A-Z0-9]", DOCUMENTS[document])) <= variables().keys()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_named_exists(document: str) -> None:
    known = command_names("chatserver", commands)
    spans = re.findall(r"`(?:[^`\n]*/)?(chatserver(?: [a-z][a-z-]*)+)", DOCUMENTS[document])
    lines = re.findall(r"^(?:[A-Z_]+=\S+ )*(?:\S*/)?(chatserver(?: [a-z][a-z-]*)+)", DOCUMENTS[document], re.MULTILINE)
    for named in (*spans, *lines):
        assert any(named == each or named.startswith(f"{each} ") for each in known - {"chatserver"}), named


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_named_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:`|^|[A-Z]+=\S+ )make ([a-z-]+)", DOCUMENTS[document], re.MULTILINE)
    assert set(named) <= targets


def test_a_file_is_found_by_its_name_or_its_path() -> None:
    text = "`tests/a.py::test_b`, `desk.ts`, `domain/b/`, `/widget.js`, `chat.db`, `a/b`, `npm run`"
    assert files_named(text) == {"tests/a.py", "desk.ts", "domain/b/"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_named_exists(document: str) -> None:
    assert {name for name in files_named(DOCUMENTS[document]) if not exists(name, document)} == set()


@cache
def file_names() -> frozenset[str]:
    """The last parts of all committed paths."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return frozenset(Path(name).name for name in listed.splitlines())


def files_named(text: str) -> set[str]:
    """Files and folders of the tree, as the text names them in code style."""
    named = {name.partition("::")[0] for name in re.findall(r"`([\w.-][\w./-]*(?:::\w+)?)`", text)}
    return {name for name in named if (FILE.search(name) or FOLDER.match(name)) and not name.startswith("build/")}


def exists(name: str, document: str) -> bool:
    """Whether it is in the tree, in the package or beside the document; a name without a folder may be anywhere."""
    if "/" not in name.rstrip("/"):
        return name in file_names() or name in BUILT or (ROOT / "chatserver" / name).exists()
    return any((folder / name).exists() for folder in (ROOT, ROOT / "chatserver", (ROOT / document).parent))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    for link in links(DOCUMENTS[document]):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        there = ((ROOT / document).parent / path).resolve() if path else ROOT / document
        assert there.is_file(), link
        if anchor:
            assert anchor in anchors(there.read_text(encoding="utf-8")), link


def test_pictures_are_small_and_every_one_is_shown() -> None:
    shown = {link for text in DOCUMENTS.values() for link in links(text)}
    for picture in (ROOT / "docs/images").iterdir():
        assert picture.stat().st_size <= LARGEST_PICTURE, picture.name
        assert any(link.endswith(f"images/{picture.name}") for link in shown), picture.name


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_is_short(readme: str) -> None:
    assert len(DOCUMENTS[readme].splitlines()) < 150


def test_both_readmes_are_built_alike() -> None:
    english, chinese = (DOCUMENTS[readme] for readme in READMES)
    for part in (r"^#+ ", r"^- ", r"^\d\. ", r"^```.*$", r"`chatserver [^`]+`"):
        assert len(re.findall(part, english, re.MULTILINE)) == len(re.findall(part, chinese, re.MULTILINE)), part
    named = {link.partition("#")[0] for link in links(english)} - {READMES[1]}
    assert named == {link.partition("#")[0] for link in links(chinese)} - {READMES[0]}


def test_every_revision_of_the_database_is_listed() -> None:
    there = [path.name.partition("_")[0] for path in (ROOT / "chatserver/store/migrations/versions").glob("0*.py")]
    assert re.findall(r"^\| (\d{4}) \| ", DOCUMENTS["docs/operations/backup.md"], re.MULTILINE) == sorted(there)


def test_the_changelog_speaks_of_this_version() -> None:
    [newest, *_] = re.findall(r"^## (\S+)", DOCUMENTS["CHANGELOG.md"], re.MULTILINE)
    assert newest == metadata.version("chatserver")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_neither_advertises_nor_names_one_machine(document: str) -> None:
    assert ADVERTISING.findall(DOCUMENTS[document]) == []
    assert ONE_MACHINE.findall(DOCUMENTS[document]) == []


def test_every_page_of_the_documents_that_the_code_names_exists() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    sources = [
        name for name in listed.splitlines() if name.endswith((".py", ".ts", ".tsx", ".po")) and (ROOT / name).is_file()
    ]
    named = {page for name in sources for page in re.findall(r"\bdocs/[\w/-]+\.md\b", (ROOT / name).read_text("utf-8"))}
    assert {page for page in named if not (ROOT / page).is_file()} == set()
