"""STARTS. The command line, one file per command group; `main.py` lists them.

Reads the settings from the environment and hands them on; what a command does is done elsewhere. May import everything
below; nothing imports it but `__main__`. Every failure is one sentence on stderr.
"""
