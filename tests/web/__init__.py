"""The doors: what they let in, what they answer, what they say of themselves in their headers."""
