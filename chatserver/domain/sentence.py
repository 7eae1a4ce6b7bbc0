"""Sentences for people that keep their template and fields, so that they can be translated.

By themselves they are English; `chatserver.language` translates them.
"""

from typing import Any


class Sentence(str):
    """`template` with its `{fields}` filled in; fields may be sentences, too. Without fields, braces are literal."""

    __slots__ = ("fields", "template")
    template: str
    fields: dict[str, Any]

    def __new__(cls, template: str, /, **fields: Any) -> "Sentence":
        made = super().__new__(cls, template.format(**fields) if fields else template)
        made.template = template
        made.fields = fields
        return made


class Told(Exception):
    """An error whose message is a sentence for the person who typed the command."""

    def __init__(self, template: str, /, **fields: Any) -> None:
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, **fields)
        super().__init__(self.sentence)
