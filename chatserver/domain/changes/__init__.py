"""How each event changes the conversation: one file per noun, and `table` with all of them.

Nothing is refused or decided here; `transitions` does that.
"""
