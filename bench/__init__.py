"""Benchmarks: what a chat costs, as ratios to bare references in the same interleaved run.

Each scenario is a module with its `Row`s and a `run(length)` that returns a `Result` per row; `scenarios.py` lists
them. A run compares the store with what was acknowledged. Never a part of the product, and never imported by it.
"""
