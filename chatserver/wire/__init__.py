"""What crosses the socket: frames, close codes, the strict decoder, and the schema made from the frames.

May import `domain`; never the store, the hub or the web. Decides nothing about conversations.
"""
