"""A demo hospital to try everything with: its records, its people, a small website with the widget in it.

For one's own machine: the passwords are known. May import everything below `cli`; nothing imports it but `cli`.
"""

from chatserver.demo.run import run_demo

__all__ = ["run_demo"]
