"""What the world outside sees, recorded: names, sessions, HTTP answers, a migrated database.

Whatever is rebuilt inside, these files stay as they are. `make record-outside` writes them again, for what is meant.
"""
