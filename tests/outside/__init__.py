"""What outsiders see, recorded: names, sessions, HTTP answers, a migrated database.

These records stay the same, whatever is rebuilt inside. After an intended change, `make record-outside` writes them
again.
"""
