"""What can be asked of a conversation: one file per noun. Commands are named in the imperative. The actor is part of
the command, and is taken from the session.

Commands that speak to the visitor or change the conversation carry the `fence` that the actor last saw; answers to an
offer carry its id instead. The caller counts the `load` of a receiver in the same transaction.
"""
