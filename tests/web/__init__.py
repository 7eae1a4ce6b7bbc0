"""The HTTP routes and WebSockets: whom they admit, what they answer, and with which headers."""
