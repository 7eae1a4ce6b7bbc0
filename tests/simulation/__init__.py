"""The simulator: whether its days are credible."""
