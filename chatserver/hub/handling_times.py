"""How long each group's latest conversations took."""

from collections.abc import Mapping, Sequence


class HandlingTimes:
    """Samples (ms) from which waiting times are estimated. `hub/maintenance.py` replaces them every 15 seconds."""

    def __init__(self) -> None:
        self._of: Mapping[str, Sequence[int]] = {}

    def replace(self, of: Mapping[str, Sequence[int]]) -> None:
        """Replace all samples. `of` has them by group."""
        self._of = of

    def of(self, group: str) -> Sequence[int]:
        """The group's samples; empty when there are none."""
        return self._of.get(group, ())
