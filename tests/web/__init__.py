"""The HTTP and WebSocket doors: whom they let in, what they answer, and with which headers."""
