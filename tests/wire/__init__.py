"""What crosses the wire, tested without a wire."""
