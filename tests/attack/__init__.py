"""What strangers send to a running server, byte for byte; what must be refused, and who must not notice.

There is a file for each subject. It uses `quarters`, its own server with an honest visitor and an honest consultant
(conftest.py), and sends through `tests.attack.peer`. A module that needs other limits defines `SETTINGS = {...}`, one
that needs more staff `PEOPLE = [Wanted(...)]`.
"""
