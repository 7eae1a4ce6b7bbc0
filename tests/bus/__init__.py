"""The bus: one suite for every implementation, and what is Redis' own on a real server."""
