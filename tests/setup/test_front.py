"""What `make build` leaves in build/front."""

import gettext
import gzip
import json
import re
from pathlib import Path

import pytest

from chatserver import paths

from .paths import FRONT, ROOT

ENTRIES = (
    "widget/src/frame/main.tsx",
    "dashboard/src/console/main.tsx",
    "dashboard/styles/pages.css",
)

# Limits in bytes after gzip: patients on a weak mobile connection must not wait.
LOADER_LIMIT = 3 * 1024
BEFORE_CLICK_LIMIT = 5 * 1024
INVITE_LIMIT = CARD_LIMIT = 2 * 1024
OPEN_WIDGET_LIMIT = 32 * 1024
# What comes later, by the beginning of its name: the script and its styles together.
LATER_LIMITS = {
    "talk": 13 * 1024,
    "OfflinePane": 6 * 1024,
    "Ending": 5 * 1024,
    "files": 9 * 1024,
    "en": 2 * 1024,
    "lookout": 36 * 1024,
}
# A part that has no line there.
OTHER_LIMIT = 6 * 1024


def manifest() -> dict[str, dict[str, str | list[str]]]:
    read: dict[str, dict[str, str | list[str]]] = json.loads((FRONT / "manifest.json").read_text())
    return read


def files_of(entry: str) -> list[Path]:
    """The script of an entry and its styles."""
    built = manifest()[entry]
    assert isinstance(built["file"], str)
    return [FRONT / built["file"], *(FRONT / name for name in built["css"])]


def test_every_entry_has_files_named_by_their_content() -> None:
    assert manifest().keys() == set(ENTRIES)
    for entry in ENTRIES:
        for file in files_of(entry):
            assert file.is_file()
            assert re.search(r"-[\w-]{8}\.(js|css)$", file.name), file.name


@pytest.mark.parametrize("name", ["loader.js", "panel.js", "swt.js", "invite.js", "card.js"])
def test_a_script_of_the_hospitals_page_is_one_plain_script(name: str) -> None:
    assert not re.search(r"\b(import|export)\b", (FRONT / name).read_text(encoding="utf-8"))


def test_scripts_and_styles_lie_compressed_beside_themselves() -> None:
    plain = [path for path in FRONT.rglob("*") if path.suffix in {".js", ".css"}]
    assert plain
    for path in plain:
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()


def sent(path: Path) -> int:
    """The bytes that a browser downloads."""
    return path.with_name(f"{path.name}.gz").stat().st_size


def test_what_a_patient_downloads_stays_small() -> None:
    assert sent(FRONT / "loader.js") <= LOADER_LIMIT
    assert sent(FRONT / "loader.js") + sent(FRONT / "panel.js") <= BEFORE_CLICK_LIMIT
    assert sent(FRONT / "invite.js") <= INVITE_LIMIT
    assert sent(FRONT / "card.js") <= CARD_LIMIT
    [english] = (FRONT / "assets").glob("en-*.js")
    assert sum(map(sent, [*files_of("widget/src/frame/main.tsx"), english])) <= OPEN_WIDGET_LIMIT


def later_parts() -> dict[str, int]:
    """The parts that are fetched after an entry, with their bytes."""
    first = {file.name for entry in ENTRIES for file in files_of(entry)}
    parts: dict[str, int] = {}
    for file in (FRONT / "assets").iterdir():
        if file.suffix in {".js", ".css"} and file.name not in first:
            part = file.stem[:-9]
            parts[part] = parts.get(part, 0) + sent(file)
    return parts


def test_what_comes_later_stays_small_too() -> None:
    parts = later_parts()
    assert parts.keys() >= LATER_LIMITS.keys()
    assert {part: size for part, size in parts.items() if size > LATER_LIMITS.get(part, OTHER_LIMIT)} == {}


def test_the_widget_opens_with_one_script() -> None:
    """What its later parts share with it is no file of its own: that would be one more round trip before the chat."""
    [widget] = (FRONT / "assets").glob("widget-*.js")
    assert not re.search(r"""\bimport\s*[\w{*"'`]""", widget.read_text(encoding="utf-8"))


def test_a_text_is_downloaded_with_the_part_that_shows_it() -> None:
    [widget, talk] = ((FRONT / "assets").glob(f"{name}-*.js") for name in ("widget", "talk"))
    first, later = next(widget).read_text(encoding="utf-8"), next(talk).read_text(encoding="utf-8")
    assert "正在连接" in first  # needed when there is no network
    assert "您前面还有" not in first
    assert "您前面还有" in later
    assert "ahead of you" in later


@pytest.mark.parametrize("where", ["widget", "dashboard"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_python_reads_the_compiled_texts(where: str, language: str) -> None:
    with (FRONT / "texts" / where / f"{language}.mo").open("rb") as file:
        header = gettext.GNUTranslations(file).info()
    assert header["content-type"] == "text/plain; charset=utf-8"


def test_in_the_tree_the_server_uses_the_tree() -> None:
    assert paths.front_folder() == FRONT
    assert paths.templates_folder() == ROOT / "dashboard" / "templates"


def test_in_a_wheel_the_server_uses_what_the_wheel_carries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "chatserver"
    (package / "_front").mkdir(parents=True)
    (package / "_front" / "manifest.json").write_text("{}")
    (package / "_templates").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", package)
    monkeypatch.setattr(paths, "_TREE", package.parent)

    assert paths.front_folder() == package / "_front"
    assert paths.templates_folder() == package / "_templates"


def test_a_front_end_that_was_not_built_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "chatserver")
    monkeypatch.setattr(paths, "_TREE", tmp_path)

    with pytest.raises(RuntimeError, match="run `make build`"):
        paths.front_folder()


def test_what_is_shared_does_not_import_from_a_page() -> None:
    shared = list((ROOT / "dashboard/src/shared").rglob("*.ts*"))
    assert len(shared) > 8
    assert [path.name for path in shared if "/console/" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("part", ["parts", "lookout", "later", "holding", "files", "identity", "visit", "pollWire"])
def test_a_part_that_is_needed_without_the_conversation_fetches_nothing_of_it(part: str) -> None:
    """A network may lose single files. Without the one for the conversation 长辈版, emergency words and consent still
    work; a module that both use must be in the main script."""
    [script] = (FRONT / "assets").glob(f"{part}-*.js")
    fetched = set(re.findall(r'(?:from|import)"\./([A-Za-z]+)-', script.read_text("utf-8")))
    assert "widget" in fetched
    assert "talk" not in fetched
