"""The hospital's records as a person writes them: the file, what is wrong with it, and the days it may name."""
