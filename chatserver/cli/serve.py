"""`chatserver serve`."""

import click

from chatserver import app, serving
from chatserver.cli.group import one_sentence
from chatserver.cli.open_database import read_settings
from chatserver.logs import configure


@click.command(help="Serve visitors and staff until told to stop.")
@click.option("--port", type=int, help="The port to listen on, instead of PORT.")
@one_sentence
def serve(port: int | None) -> None:
    settings = read_settings(port)
    configure(settings.log_format, settings.log_level)
    with (
        serving.listen(settings.host, settings.port) as listening,
        serving.listen_for_metrics(settings.metrics_host, settings.metrics_port) as metrics,
    ):
        serving.run(
            app.build(settings),
            listening,
            settings.forwarded_allow_ips,
            metrics,
            per_address=settings.connections_per_address,
        )
