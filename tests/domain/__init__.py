"""The domain's rules, tested alone: without a clock, a database or a network."""
