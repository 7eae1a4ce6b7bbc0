"""What speaks of an emergency and what takes it back: lists of patterns, and the one spelling they are read against.

Imports nothing of ours. `emergency` goes by it; nobody else should.
"""
