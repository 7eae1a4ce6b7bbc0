"""What can happen to a conversation: one file per noun. Past tense; every entry stays in the transcript for ever.

`SilentEvent`s change the conversation but leave no entry: they are what the system notices (a connection came or went),
not what anybody wrote or did. Which fields a visitor may see is decided in `audience`, not here.
"""
