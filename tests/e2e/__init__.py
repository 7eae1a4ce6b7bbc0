"""Real processes of the product, driven from outside over sockets.

These tests check the promises that hold across a crash, a crowd and bad input; the parts are tested in their own
packages. Nothing here decodes a frame with the product's own codec.
"""
