"""Thousands of hostile sockets beside honest visitors: who is disconnected, who waits, how much memory it takes (`make
attack`).

`kinds` says what each kind of attack sends and how fast; `attackers` is the process that sends it, on the core of the
honest clients; `stage` is the server on the other core, with honest people connected; `one` is one kind's run.
"""
