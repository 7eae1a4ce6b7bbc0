"""REMEMBERS. The database: one file per noun that owns its tables, and the one writer.

May import `domain`; never the wire, the hub or the web. Every function here takes an open connection and
leaves committing to `Database`. The ORM stays out.
"""
