"""The built widget runs in its oldest browsers: Chromium 78 and Safari 13 (`scripts/floors.mjs`)."""

import subprocess

from .paths import ROOT


def test_the_widget_uses_nothing_that_its_oldest_browsers_lack() -> None:
    found = subprocess.run(
        ["node", "scripts/floors.mjs"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert found.stdout == ""
