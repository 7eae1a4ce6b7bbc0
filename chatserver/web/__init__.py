"""OPENS DOORS. One file per noun; `gate/` decides who gets in, `sockets/` holds the two sockets.

May import `hub`, `transport`, `store`, `wire`, `bus` and `domain`; never the settings. Decides nothing about
conversations: it finds out who asks, passes the request on, and shows the answer.
"""
