"""Crowds, storms and overload against the promises: `make bench-faults`."""
