"""The frames, tested without a connection."""
