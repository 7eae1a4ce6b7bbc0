"""Settings of the whole hospital that administrators change while the server runs. Every change makes a new version.

Such a setting has a name, and its value is a frozen struct. Every field has a default, so that versions from before the
field existed can still be read. Version 0 consists of the defaults; it applies until somebody changes the setting.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T", bound=Struct)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its name, and the type of its value."""

    name: str
    kind: type[T]


class SignInPolicy(Struct, frozen=True):
    """`lock_after` failed sign-ins from one place within `lock_minutes` lock the account there for `lock_minutes`.

    The bounds keep a lock useful, and no longer than failures are stored.
    """

    lock_after: Annotated[int, Meta(ge=3, le=10)] = 5
    lock_minutes: Annotated[int, Meta(ge=5, le=30)] = 15


SIGN_IN_POLICY = Setting("sign_in_policy", SignInPolicy)

SETTINGS: tuple[Setting[Any], ...] = (SIGN_IN_POLICY,)
"""All settings that have versions."""


def named(name: str) -> Setting[Any] | None:
    """The setting with this name, if there is one."""
    return next((each for each in SETTINGS if each.name == name), None)
