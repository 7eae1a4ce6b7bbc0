"""The product as its users have it: the demo served by a real process, driven in a real Chromium."""
