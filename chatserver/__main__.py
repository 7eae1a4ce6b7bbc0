"""`python -m chatserver` is `chatserver`."""

from chatserver.cli.main import main

main(prog_name="chatserver")
