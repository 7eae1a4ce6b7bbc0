"""A demo hospital to try everything with: its records, its staff, and a small website with the widget.

For use on one's own machine only: the passwords are public. May import everything below `cli`; only `cli` imports it.
"""

from chatserver.demo.run import run_demo

__all__ = ["run_demo"]
