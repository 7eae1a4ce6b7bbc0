"""How each event changes the conversation: one file per noun, and `table` with all of them.

Nothing is refused here and nothing is decided: that is done in `transitions`.
"""
