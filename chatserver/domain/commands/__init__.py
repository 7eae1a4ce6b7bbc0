"""What can be asked of a conversation: one file per noun. Imperative; the actor is part of the command and comes from
the session.

Commands that speak to the visitor or change the conversation carry the `fence` that the actor last saw; answers to an
offer carry its id instead. The `load` of a receiver is counted by the caller in the same transaction.
"""
