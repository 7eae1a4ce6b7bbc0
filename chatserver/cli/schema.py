"""`chatserver schema`."""

import json
import sys

import click

from chatserver.wire.schema import json_schema, typescript


@click.command(help="Print the protocol's frames as JSON Schema, or as TypeScript types.")
@click.option("--typescript", "as_typescript", is_flag=True, help="TypeScript instead of JSON Schema.")
def schema(as_typescript: bool) -> None:
    if as_typescript:
        sys.stdout.write(typescript())
    else:
        print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
