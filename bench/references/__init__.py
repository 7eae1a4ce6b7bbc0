"""What the product is compared with, each in a process of its own: bare servers on the same stack, and socket.io."""
