"""Everything that leans on uvicorn's private parts, and nothing else: how a connection is read, counted and ended."""
