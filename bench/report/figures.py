"""A load's results beside their bounds: a figure, its bound, and whether it is kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`bound` is the maximum, or the minimum if `at_least`. Without a bound the figure is only reported."""

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

    def shown(self) -> str:
        sign = "≥" if self.at_least else "≤"
        bound = "" if self.bound is None else f"{sign} {self.bound:g} {self.unit}"
        verdict = "" if self.bound is None else "kept" if self.kept else "MISSED"
        return f"  {self.what:52} {self.value:12,.1f} {self.unit:5} {bound:16} {verdict}"


@dataclass(frozen=True)
class Finding:
    """The result of one number (F43, for example). `wrong`: sentences about what must never happen."""

    number: str
    what: str
    figures: Sequence[Figure]
    wrong: Sequence[str] = ()

    @property
    def good(self) -> bool:
        return not self.wrong and all(figure.kept for figure in self.figures)

    def shown(self) -> str:
        lines = [f"{self.number}: {self.what}", *(figure.shown() for figure in self.figures)]
        return "\n".join([*lines, *(f"  WRONG: {each}" for each in self.wrong[:5])])

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"good": self.good}
