"""Writes THIRD-PARTY-NOTICES.txt: the packages that the wheel contains and those that it needs.

Licences of packages in the built front end are included in full, since their text must accompany the copies. Python
packages are installed separately with their own licences; they are listed by name. `--check` writes nothing and fails
when the file is out of date.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTICES = ROOT / "THIRD-PARTY-NOTICES.txt"
RULE = "=" * 80


def main() -> int:
    text = notices()
    if "--check" not in sys.argv[1:]:
        NOTICES.write_text(text, encoding="utf-8")
    elif NOTICES.read_text(encoding="utf-8") != text:
        print("THIRD-PARTY-NOTICES.txt is out of date; run `make notices`.", file=sys.stderr)
        return 1
    return 0


def notices() -> str:
    """The whole file."""
    carried = "\n".join(f"{RULE}\n{title}\n\n{licence.strip()}\n" for title, licence in front_end())
    base = python_packages("base")
    needed = "\n".join(f"- {line}" for line in base)
    regions = "\n".join(f"- {line}" for line in python_packages("regions") if line not in base)
    return (
        "Third-party notices\n\n"
        "The built front end of chatserver (the widget and the console) carries code of these packages:\n\n"
        f"{carried}\n{RULE}\n"
        "The server needs these Python packages, which are installed beside it under their own licences:\n\n"
        f"{needed}\n\n"
        "With the extra `regions` it also needs these. ip-region carries a data file of the project ip2region, under\n"
        "the licence of that project (Apache-2.0):\n\n"
        f"{regions}\n"
    )


def front_end() -> list[tuple[str, str]]:
    """Title and licence text of every npm package that is not for development only."""
    locked: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    found = []
    for path, package in sorted(locked.items()):
        if path == "" or package.get("dev") or package.get("optional"):
            continue
        [licence, *_] = sorted((ROOT / path).glob("[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*"))
        name = path.removeprefix("node_modules/")
        title = f"{name} {package['version']} ({package['license']})"
        found.append((title, licence.read_text(encoding="utf-8")))
    return found


def python_packages(file: str) -> list[str]:
    """Name, version and licence of every package locked in this file of `requirements` that this platform installs."""
    locked = re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / f"requirements/{file}.txt").read_text(), re.MULTILINE)
    return [f"{name} {version}: {licence}" for name, version in locked if (licence := licence_of(name))]


def licence_of(name: str) -> str | None:
    """The licence that the package states; None if it is for another platform and not installed."""
    try:
        says = metadata.metadata(name).json
    except metadata.PackageNotFoundError:
        return None
    if expression := says.get("license_expression"):
        return str(expression)
    classified = [line.rpartition(" :: ")[2] for line in says.get("classifier", []) if "License ::" in line]
    return ", ".join(classified) or str(says.get("license", "not stated")).partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
