"""Tables of sentences with the emergencies they speak of, and a score of how many are recognised correctly."""

from dataclasses import dataclass
from pathlib import Path

from chatserver.domain.emergency import Finding, recognise

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, the kinds of emergency that it speaks of (none: not an emergency), and its level."""

    kinds: tuple[str, ...]
    level: str | None
    sentence: str

    @property
    def critical(self) -> bool:
        return bool(self.kinds) and self.level != "attention"


def table(name: str) -> list[Said]:
    """Lines of `kinds TAB level TAB sentence`, or without a level. Kinds are joined by `+`; `none` means no kind."""
    rows = (line.split("\t") for line in lines(name))
    return [Said(_kinds(row[0]), row[1] if len(row) > 2 else None, row[-1]) for row in rows]


def lines(name: str) -> list[str]:
    return (HERE / name).read_text("utf-8").splitlines()


def _kinds(written: str) -> tuple[str, ...]:
    return () if written == "none" else tuple(written.split("+"))


def alarms(finding: Finding | None) -> bool:
    return finding is not None and finding.level == "critical"


@dataclass(frozen=True, slots=True)
class Score:
    """The sentences of a table by result: critical ones found, critical ones missed, and false alarms."""

    found: tuple[Said, ...]
    missed: tuple[Said, ...]
    false: tuple[Said, ...]

    @classmethod
    def of(cls, said: list[Said]) -> "Score":
        rings = {each: alarms(recognise(each.sentence)) for each in said}
        return cls(
            tuple(each for each in said if each.critical and rings[each]),
            tuple(each for each in said if each.critical and not rings[each]),
            tuple(each for each in said if not each.critical and rings[each]),
        )

    @property
    def recall(self) -> float:
        return len(self.found) / (len(self.found) + len(self.missed))

    @property
    def precision(self) -> float:
        return len(self.found) / (len(self.found) + len(self.false))

    def __str__(self) -> str:
        dangerous, rang = len(self.found) + len(self.missed), len(self.found) + len(self.false)
        return (
            f"recall {len(self.found)}/{dangerous} = {self.recall:.1%}, "
            f"precision {len(self.found)}/{rang} = {self.precision:.1%}"
        )
