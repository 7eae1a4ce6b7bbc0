"""The schema's history: revisions that run one after another, each once per database.

A released revision is never changed. `store/tables.py` describes their result; a test compares the two.
"""
