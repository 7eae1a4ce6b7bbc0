"""What each command does to a conversation in each phase: one file per noun, and `table` with all of them.

May import the rest of `domain`. It only decides what happens; `apply` changes the conversation.
"""
