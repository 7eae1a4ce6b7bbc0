"""The product on a machine whose clock is wrong: `python -m tests.e2e.wrongclock AHEAD_S serve`.

While it runs, SIGUSR1 sets the clock forward by JUMP_S, SIGUSR2 back by as much. Only the date is wrong; the speed of
time is not changed, as on a machine whose clock somebody sets.
"""

import signal
import sys
import time
from types import FrameType

JUMP_S = 600
NS = 1_000_000_000


class WrongClock:
    """`ahead` seconds of the right clock, in both of Python's functions."""

    def __init__(self, ahead: int) -> None:
        self.ahead = ahead
        self._time, self._time_ns = time.time, time.time_ns

    def install(self) -> None:
        time.time, time.time_ns = self.seconds, self.nanoseconds
        signal.signal(signal.SIGUSR1, self._jump)
        signal.signal(signal.SIGUSR2, self._jump)

    def seconds(self) -> float:
        return self._time() + self.ahead

    def nanoseconds(self) -> int:
        return self._time_ns() + self.ahead * NS

    def _jump(self, number: int, _frame: FrameType | None) -> None:
        self.ahead += JUMP_S if number == signal.SIGUSR1 else -JUMP_S


if __name__ == "__main__":
    WrongClock(int(sys.argv.pop(1))).install()
    # Not earlier: a function imported by name before would have the right clock.
    from chatserver.cli.main import main

    main(prog_name="chatserver")
