"""NOTIFIES. Doorbells between nodes: they say that something changed, never what. Imports no other package of ours."""
