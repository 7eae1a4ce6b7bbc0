"""The bus: one suite for every implementation, and the behaviour specific to Redis on a real server."""
