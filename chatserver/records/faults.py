"""What is wrong with a file that a person wrote, gathered so that all of it is said at once."""

from chatserver.domain.sentence import Sentence


class BadPlan(Exception):
    """The file cannot be taken in; each of `sentences` says where and why. Nothing was changed."""

    def __init__(self, *sentences: Sentence) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Faults:
    """What is wrong with a file, gathered as it is found, so that all of it is said at once."""

    def __init__(self) -> None:
        self.found: list[Sentence] = []

    def add(self, where: str, told: str) -> None:
        """`told` is the end of a sentence."""
        self.found.append(Sentence("{where}: {told}.", where=where, told=told))

    def check(self) -> None:
        """Raises `BadPlan` when there are any."""
        if self.found:
            raise BadPlan(*self.found)
