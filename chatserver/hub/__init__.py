"""CARRIES. Connects the web layer with the store: the only package with tasks, queues and clocks.

May import `domain`, `wire`, `store` and `bus`, never the web. It decides nothing that `domain` could decide.
"""
