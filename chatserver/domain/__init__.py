"""DECIDES. The domain's rules, pure: commands in, events out.

Imports nothing else of ours and nothing that touches the outside: no asyncio, no SQL, no clock, no randomness, no JSON.
Times are integers, milliseconds since the Unix epoch, and always passed in.
"""
