"""Changes of accounts, together with their row in the audit log. Rows hold ids, roles, titles and groups. They do not
hold names, staff numbers or passwords, only that these were changed."""

from collections.abc import Callable
from typing import Any

from chatserver.domain.hospital import Consultant
from chatserver.store import accounts, sign_ins
from chatserver.store.accounts import Changed, NewAccount
from chatserver.store.audit import Act, write
from chatserver.store.tx import Tx


def added(tx: Tx, account: NewAccount) -> str:
    """Add the account; returns its id. Raises `CannotAdd`."""
    id = accounts.add(tx, account)
    _write(tx, id, "add", {"role": account.role.value, "title": account.title.value, "groups": list(account.groups)})
    return id


def changed(tx: Tx, before: Consultant, to: Changed) -> None:
    """Change name, number, title or role. Raises `CannotAdd`."""
    accounts.change(tx, before.id, to)
    details: dict[str, Any] = {}
    if to.role is not None:
        details["role"] = [before.role.value, to.role.value]
    if to.title is not None:
        details["title"] = [before.person.title.value, to.title.value]
    details |= {name: "changed" for name, value in (("name", to.name), ("number", to.number)) if value is not None}
    _write(tx, before.id, "change", details)


def reset(tx: Tx, id: str, password: str) -> None:
    """Set a new password (hashed)."""
    accounts.set_password(tx, id, password)
    _write(tx, id, "reset")


def unlocked(tx: Tx, id: str, login: str) -> None:
    """End all locks and waits of the account."""
    sign_ins.end_locks(tx, login)
    _write(tx, id, "unlock")


def done(tx: Tx, id: str, what: str, change: Callable[[Tx, str], None]) -> None:
    """Disable or enable the account."""
    change(tx, id)
    _write(tx, id, what)


def _write(tx: Tx, id: str, what: str, details: dict[str, Any] | None = None) -> None:
    write(tx, Act("", f"account.{what}", "consultant", id, details=details))
