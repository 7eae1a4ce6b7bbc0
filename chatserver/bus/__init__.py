"""Doorbells between nodes: they say that something has changed, never what. Imports no other package of ours."""
