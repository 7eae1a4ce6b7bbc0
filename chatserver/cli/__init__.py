"""The command line, one file per command group; `main.py` lists them.

Reads the settings from the environment and passes them on; other packages do the work. May import everything; only
`__main__` imports it. Every failure is one sentence on stderr.
"""
