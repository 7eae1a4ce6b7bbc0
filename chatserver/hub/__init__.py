"""CARRIES. Between the doors and the store: the only place with tasks, queues and clocks.

May import `domain`, `wire`, `store` and `bus`; never the web. Decides nothing that `domain` could decide.
"""
