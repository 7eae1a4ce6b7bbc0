"""What a load found beside what it must be: a figure, its bound, whether that is kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`bound` is the most it may be, or the least when `at_least`. No bound: it is only told."""

    what: str
    value: float
    unit: str = ""
    bound: float | None = None
    at_least: bool = False

    @property
    def kept(self) -> bool:
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def told(self) -> str:
        sign = "≥" if self.at_least else "≤"
        bound = "" if self.bound is None else f"{sign} {self.bound:g} {self.unit}"
        verdict = "" if self.bound is None else "kept" if self.kept else "MISSED"
        return f"  {self.what:52} {self.value:12,.1f} {self.unit:5} {bound:16} {verdict}"


@dataclass(frozen=True)
class Finding:
    """What one number (F43, say) found. `wrong`: what must never be, in words."""

    number: str
    what: str
    figures: Sequence[Figure]
    wrong: Sequence[str] = ()

    @property
    def good(self) -> bool:
        return not self.wrong and all(figure.kept for figure in self.figures)

    def told(self) -> str:
        lines = [f"{self.number}: {self.what}", *(figure.told() for figure in self.figures)]
        return "\n".join([*lines, *(f"  WRONG: {each}" for each in self.wrong[:5])])

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"good": self.good}
