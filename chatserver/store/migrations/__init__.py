"""How the tables came to be: one revision after another, each made to run once on every hospital's database.

A released revision is never changed. `store/tables.py` is where they lead; a test holds the two together.
"""
