"""The hospital's records as this node knows them."""

from chatserver.domain.hospital import Hospital
from chatserver.domain.rules import Rulebook, Rules


class Records:
    """`hospital` and `rulebook` are replaced as a whole when the records change. `rules` are the numbers from the
    settings; they apply where a group has no number of its own."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.hospital = Hospital()
        self.rulebook = Rulebook(rules)

    def replace(self, hospital: Hospital) -> Hospital:
        """Take over records that were just read; returns the hospital as it was before."""
        before, self.hospital = self.hospital, hospital
        self.rulebook = Rulebook(self.rules, hospital.groups.values())
        return before
