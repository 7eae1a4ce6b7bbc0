"""The faults of a file that a person wrote, collected so that all are reported at once."""

from chatserver.domain.sentence import Sentence


class BadPlan(Exception):
    """The file has faults; each of `sentences` says where and why. Nothing was changed."""

    def __init__(self, *sentences: Sentence) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Faults:
    """Collects the faults of a file, so that all are reported at once."""

    def __init__(self) -> None:
        self.found: list[Sentence] = []

    def add(self, where: str, told: str) -> None:
        """Add a fault; `told` is the end of its sentence."""
        self.found.append(Sentence("{where}: {told}.", where=where, told=told))

    def check(self) -> None:
        """Raises `BadPlan` if there are faults."""
        if self.found:
            raise BadPlan(*self.found)
