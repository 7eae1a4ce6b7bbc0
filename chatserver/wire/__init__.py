"""SPELLS. What crosses the socket: frames, close codes, the strict decoder, the schema made from them.

May import `domain`; never the store, the hub or the web. Decides nothing about conversations.
"""
