"""Hostile sockets by the thousand beside honest visitors: who is cut, who waits, what memory it takes (`make attack`).

`kinds` says what each kind of attack sends and how fast; `attackers` is the process that sends it, on a core that it
shares with the honest; `stage` is the server on the other core, with the honest people on it; `one` is one kind's run.
"""
