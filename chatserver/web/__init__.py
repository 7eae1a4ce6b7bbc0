"""HTTP pages, the JSON API and the two sockets: one file per noun; `gate/` decides who gets in, `sockets/` has the
sockets.

May import everything below it, but never the settings. Decides nothing about conversations: it finds out who asks,
passes the request on, and shows the answer.
"""
