"""The numbered fault tests, F01 to F48: docs/reliability.md describes each and its result.

`make test` runs a short share of them, `make test-faults` all of it; the tests name both counts (counts.py). Their
tools (servers, clients, proxy, oracle, launchers) are in tests/e2e.
"""
