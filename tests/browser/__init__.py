"""The product as its users see it: the demo served by a real process, driven in a real Chromium."""
