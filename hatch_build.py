"""Makes the front end before a wheel is packed, so that installing the wheel needs no Node.

Does nothing for an editable install, which serves from the tree, and nothing when the built files are
newer than their sources (scripts/build_front.py decides that by what the sources hold).
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling for each distribution it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, str(root / "scripts" / "build_front.py")], cwd=root, check=True)
        build_data["force_include"] |= {
            "build/front": "chatserver/_front",
            "dashboard/templates": "chatserver/_templates",
        }
