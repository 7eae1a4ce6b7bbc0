"""Settings of the whole hospital that are changed while it serves. Every change makes a new version.

Such a setting has a name and one frozen struct. Each field has a default, so that a version that was written before the
field existed can still be read. Version 0 is the defaults: nobody has changed them yet.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T", bound=Struct)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its name, and what it holds."""

    name: str
    kind: type[T]


class SignInPolicy(Struct, frozen=True):
    """When failed sign-ins lock an account from a place: after so many within so many minutes, and for as long.

    The bounds keep a lock from being useless, and from keeping people out for longer than failures are stored.
    """

    lock_after: Annotated[int, Meta(ge=3, le=10)] = 5
    lock_minutes: Annotated[int, Meta(ge=5, le=30)] = 15


SIGN_IN_POLICY = Setting("sign_in_policy", SignInPolicy)

SETTINGS: tuple[Setting[Any], ...] = (SIGN_IN_POLICY,)
"""All of them."""


def named(name: str) -> Setting[Any] | None:
    """The setting of that name."""
    return next((each for each in SETTINGS if each.name == name), None)
