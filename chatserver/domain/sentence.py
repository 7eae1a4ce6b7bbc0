"""A sentence for people that remembers what it was made of, so that it can be said in another language as well.

It is the English one wherever nobody asks for more.
"""

from typing import Any


class Sentence(str):
    """`template` with its `{fields}` filled in; fields may be sentences themselves."""

    __slots__ = ("fields", "template")
    template: str
    fields: dict[str, Any]

    def __new__(cls, template: str, /, **fields: Any) -> "Sentence":
        made = super().__new__(cls, template.format(**fields))
        made.template = template
        made.fields = fields
        return made
