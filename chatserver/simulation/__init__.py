"""TRIES OUT. A day of a desk with invented visitors and consultants, decided by `domain` on a clock of its own.

May import `domain` alone; nothing imports it but `cli`. Decides nothing about routing: what it says of a policy is true
of the product because the product's own code was asked.
"""

from chatserver.simulation.command import simulate

__all__ = ["simulate"]
