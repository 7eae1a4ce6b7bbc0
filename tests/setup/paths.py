"""Where files are in the tree."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FRONT = ROOT / "build" / "front"
