"""The rules of the house, tested without any of its machinery: no clock, no database, no network."""
