"""The two sockets: what they have in common, the visitor's and the console's."""
