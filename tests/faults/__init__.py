"""The numbered fault tests, F01 to F48: what each means and what it found is told in docs/reliability.md.

`make test` runs the short share of them, `make test-faults` all of it; the counts of both are in counts.py's callers.
The parts they hang on (servers, clients, proxy, oracle, launchers) live in tests/e2e.
"""
