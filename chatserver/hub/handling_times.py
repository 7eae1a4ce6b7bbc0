"""How long the last conversations of each group took."""

from collections.abc import Mapping, Sequence


class HandlingTimes:
    """Samples (ms) from which waiting times are estimated. `hub/maintenance.py` replaces them every quarter of a
    minute."""

    def __init__(self) -> None:
        self._of: Mapping[str, Sequence[int]] = {}

    def replace(self, of: Mapping[str, Sequence[int]]) -> None:
        """By group."""
        self._of = of

    def of(self, group: str) -> Sequence[int]:
        """The group's samples; none when nothing is known of it."""
        return self._of.get(group, ())
