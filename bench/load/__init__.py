"""The load: cheap clients who talk like people, the servers under them, and years of history written beforehand."""
