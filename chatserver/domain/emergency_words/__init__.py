"""The words that speak of an emergency and those that take it back: lists of patterns, and the normalised spelling that
they are matched against.

Imports nothing else of ours. Only `emergency` should use it.
"""
