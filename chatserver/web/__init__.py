"""OPENS DOORS. Guards, sign-in, the two sockets, pages: one file per noun.

May import `hub`, `store`, `wire`, `bus` and `domain`; never the settings. Decides nothing about conversations:
it finds out who asks, hands the wish on, and shows the answer.
"""
