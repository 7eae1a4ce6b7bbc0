"""The simulator: whether its days can be believed."""
