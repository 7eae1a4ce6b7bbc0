"""Sentences for people that remember what they were made of, so that they can be said in another language as well.

They are English wherever nobody asks for more; `chatserver.language` has the others.
"""

from typing import Any


class Sentence(str):
    """`template` with its `{fields}` filled in; fields may be sentences, too. Without fields braces are braces."""

    __slots__ = ("fields", "template")
    template: str
    fields: dict[str, Any]

    def __new__(cls, template: str, /, **fields: Any) -> "Sentence":
        made = super().__new__(cls, template.format(**fields) if fields else template)
        made.template = template
        made.fields = fields
        return made


class Told(Exception):
    """A refusal that is a sentence, for whoever typed a command."""

    def __init__(self, template: str, /, **fields: Any) -> None:
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, **fields)
        super().__init__(self.sentence)
