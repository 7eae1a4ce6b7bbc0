"""The product, logging how passwords are checked: `python -m tests.e2e.hashing beside serve`.

`beside` the event loop is the unchanged product; `within` is the control, in which the loop itself hashes.
"""

import re
import sys
import threading
from collections.abc import Iterable

from chatserver.cli.main import main
from chatserver.web.gate import passwords
from chatserver.web.gate.passwords import Lane
from tests.e2e.broken import replace

TOLD = re.compile(r"^hashing: (\d+) at once, (beside|within) the loop$", re.MULTILINE)
_fits = passwords.fits
_lock = threading.Lock()
_at_once = 0


def how(said: str) -> Iterable[tuple[int, bool]]:
    """For each check in a server's log: how many ran at that moment, and whether it was outside the loop."""
    return ((int(many), where == "beside") for many, where in TOLD.findall(said))


def fits_and_tells(password: str, stored: str | None) -> bool:
    global _at_once
    with _lock:
        _at_once += 1
        where = "within" if threading.current_thread() is threading.main_thread() else "beside"
        sys.stderr.write(f"\nhashing: {_at_once} at once, {where} the loop\n")
    try:
        return _fits(password, stored)
    finally:
        with _lock:
            _at_once -= 1


async def fit_within(self: Lane, password: str, stored: str | None) -> bool:
    """Hash as if it took no time."""
    return fits_and_tells(password, stored)


if __name__ == "__main__":
    replace(passwords, "fits", fits_and_tells)
    if sys.argv.pop(1) == "within":
        replace(Lane, "fit", fit_within)
    main(prog_name="chatserver")
