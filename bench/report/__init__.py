"""A run's figures: the rows with their floors and aims, what was recorded earlier, tables and pictures."""
