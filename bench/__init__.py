"""Benchmarks: the cost of a chat, as ratios to bare references measured in the same interleaved run.

Each scenario is a module with its `Row`s and a `run(length)` that returns a `Result` per row; `catalogue.py` lists
them. A run compares the store with what was acknowledged. Not part of the product, which never imports it.
"""
