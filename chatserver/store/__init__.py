"""REMEMBERS. The database: one file per noun that owns its tables, and the single writer.

May import `domain`, never `wire`, `hub` or `web`. Every function takes an open connection and leaves committing to
`Database`. SQLAlchemy Core only, no ORM.
"""
