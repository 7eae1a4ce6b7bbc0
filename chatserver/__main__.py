"""`python -m chatserver` is `chatserver`."""

from chatserver.cli import main

main(prog_name="chatserver")
