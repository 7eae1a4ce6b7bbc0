"""Real processes of the product, driven from outside over sockets.

What is checked here is what DESIGN promises across a crash, a crowd and bad input; the parts themselves are
checked beside them. Nothing here reads a frame with the product's own codec.
"""
