"""The repository itself: that it can be made, packed and installed on a machine like anybody's."""
