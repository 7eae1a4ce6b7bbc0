"""The repository itself: it can be set up, packed and installed on any machine."""
