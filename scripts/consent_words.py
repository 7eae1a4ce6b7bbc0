"""Writes what the widget has of consent: the questions with their hashes, the health words, and the server's verdicts
that it must reach with them. `--check` writes nothing and fails when a file is out of date."""

import json
import sys
from pathlib import Path
from typing import Any

from chatserver.domain import callbacks
from chatserver.domain.consent import ASKED
from chatserver.domain.health_words import DEPARTMENTS, EN, MATTERS, ZH, speaks_of_health

FOLDER = Path(__file__).resolve().parent.parent / "widget" / "src" / "frame" / "consent"

OWN = ("蓝色药水", "Code Blue")

SENTENCES = (
    "请问周末有门诊吗？",
    "挂妇科的号多少钱",
    "停车场在哪里，几点下班",
    "我想预约体检",
    "最近总是咳嗽",
    "肚 子 疼 怎么办",
    "做个ＣＴ要多久",
    "孩子发烧了",
    "医生给我开了蓝色药水",
    "I have a headache since Monday",
    "Where can I park, and what are your painting hours?",
    "My BLOOD PRESSURE is high",
    "code blue, please",
    "codebluehat",
    "I will be there at ten",
    "How much is a registration for internal medicine?",
    "Which medicine do I need from internal medicine, and what does it cost?",
    "I take internal medicine",
    "肿瘤科挂号多少钱",
    "疼痛科在哪，我腰疼",
    "我要去肿瘤科",
    "我想请人看一下检查结果",
    "这份报告能帮我看看吗",
    "Can somebody look at my lab report?",
    "",
)


def files() -> dict[str, str]:
    """The text of each file by its name."""
    asked: dict[str, dict[str, dict[str, str]]] = {}
    for each in ASKED:
        asked.setdefault(each.kind, {})[each.language] = {"text": each.text, "sha256": each.sha256}
    for call in callbacks.ASKED.values():
        asked.setdefault("callback", {})[call.language] = {"text": call.text, "sha256": call.sha256}
    verdicts = [[text, speaks_of_health(text), speaks_of_health(text, OWN)] for text in SENTENCES]
    return {
        "asked.json": _spelled(asked),
        "words.json": _spelled({"words": [*ZH, *EN], "departments": DEPARTMENTS, "matters": MATTERS}),
        "health.examples.json": _spelled({"own": OWN, "verdicts": verdicts}),
    }


def main() -> int:
    old = {name: text for name, text in files().items() if _written(name) != text}
    if "--check" in sys.argv[1:]:
        print(*(f"{name} is out of date: run `make types`." for name in old), sep="\n", file=sys.stderr)
        return 1 if old else 0
    for name, text in old.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def _written(name: str) -> str | None:
    return (FOLDER / name).read_text("utf-8") if (FOLDER / name).exists() else None


def _spelled(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main())
