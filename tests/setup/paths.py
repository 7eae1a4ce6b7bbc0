"""Where things lie in the tree."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FRONT = ROOT / "build" / "front"
