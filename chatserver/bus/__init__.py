"""TELLS. Doorbells between nodes: that something happened, never what. Imports nothing of ours."""
