"""DECIDES. The rules of the house, pure: commands in, events out.

Imports nothing of ours and nothing of the world: no asyncio, no SQL, no clock, no randomness, no JSON.
Times are integers, milliseconds since the Unix epoch, and always passed in.
"""
