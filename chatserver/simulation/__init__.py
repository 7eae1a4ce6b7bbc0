"""Simulates a desk's day with invented visitors and consultants; `domain` makes the decisions.

May import `domain` only; only `cli` imports it. It contains no routing rules of its own: its results hold for the
product because the product's own code decides.
"""

from chatserver.simulation.command import simulate

__all__ = ["simulate"]
