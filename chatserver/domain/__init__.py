"""The rules of the product: commands go in, events come out.

Pure: imports no other package of ours and nothing that reaches outside (no asyncio, SQL, clock, randomness or JSON).
Times are integers, milliseconds since the Unix epoch, and always passed in.
"""
