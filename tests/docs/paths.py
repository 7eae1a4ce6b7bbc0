"""The documents, read once."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
}
"""Path in the tree → text."""
