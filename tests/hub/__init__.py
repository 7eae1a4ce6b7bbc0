"""The hub with a real SQLite file behind it and plain lists instead of sockets."""
