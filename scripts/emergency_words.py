"""Writes what the widget has of the emergency words, and the server's verdicts that it must reach with them.

`widget/src/frame/emergency/words.json` has the built-in words, `recognise.examples.json` beside it sentences with
what the server makes of them. `--check` writes nothing and fails when a file is out of date.
"""

import json
import sys
from pathlib import Path
from typing import Any

from chatserver.domain.emergency import OwnWords, Words, recognise
from chatserver.domain.emergency_words.exported import exported

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "widget" / "src" / "frame" / "emergency"
SENTENCES = ROOT / "tests" / "domain"

OWN = (
    OwnWords("code-blue", "body", "critical", ("蓝色代码", "K.O.(b)")),
    OwnWords("sad", "mind", "critical", ("天黑了",), not_in=("d2",)),
    OwnWords("hurt", "protect", "critical", ("红色围巾",)),
    OwnWords("pale", "body", "attention", ("面色差",), only_in=("d1",)),
)
NAMES = {"d1": "妇产科 Obstetrics", "d2": "肛肠科 Proctology"}


def main() -> int:
    old = {
        name: text
        for name, text in files().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
    }
    if "--check" in sys.argv[1:]:
        print(*(f"{name} is out of date: run `make types`." for name in old), sep="\n", file=sys.stderr)
        return 1 if old else 0
    for name, text in old.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def files() -> dict[str, str]:
    """The text of each file by its name."""
    return {"words.json": _spelled(exported()), "recognise.examples.json": _spelled(examples())}


def examples() -> dict[str, Any]:
    """Sentences without a department, and some in each department of a hospital with words of its own."""
    unseen = (line.split("\t")[-1] for line in _lines("emergency_unseen.tsv"))
    own = Words(OWN, NAMES)
    return {
        "builtIn": [[text, _verdict(text)] for text in (*unseen, *_lines("ordinary_day.txt"))],
        "own": [
            {
                "id": each.id,
                "kind": each.kind,
                "level": each.level,
                "words": each.words,
                "only_in": each.only_in,
                "not_in": each.not_in,
            }
            for each in OWN
        ],
        "names": NAMES,
        "inDepartments": [
            [department, text, _verdict(text, department, own)]
            for text in _lines("emergency_in_departments.txt")
            for department in (None, *NAMES)
        ],
    }


def _verdict(text: str, department: str | None = None, words: Words | None = None) -> str:
    """Level and kinds in one string; empty if it is no emergency."""
    found = recognise(text, department, words or Words())
    return "" if found is None else f"{found.level}: {'+'.join(found.kinds)}"


def _lines(name: str) -> list[str]:
    return (SENTENCES / name).read_text("utf-8").splitlines()


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main())
