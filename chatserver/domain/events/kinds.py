"""What an event is called on the wire and in the store."""

from functools import cache


@cache
def snake(name: str) -> str:
    """`TransferOffered` → `transfer_offered`."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
