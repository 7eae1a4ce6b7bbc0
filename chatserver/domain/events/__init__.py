"""What can happen to a conversation: one file per noun. Events are named in the past tense. An event that is an entry
stays in the transcript for ever.

A `SilentEvent` changes the conversation but leaves no entry: it is something that the system noticed (a connection came
or went), not something that anybody wrote or did. Which fields a visitor may see is decided in `audience`, not here.
"""
