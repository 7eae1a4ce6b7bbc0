"""What strangers send, byte for byte, to a running server; what must be refused, and who must not notice.

A file for each subject: it asks for `quarters`, one server of its own with an honest visitor and an honest consultant
on it (conftest.py), and sends by `tests.attack.peer`. A module that wants other limits
says `SETTINGS = {...}`, one that wants more staff `PEOPLE = [Wanted(...)]`.
"""
