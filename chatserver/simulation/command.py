"""`chatserver simulate`: reads the assumptions from its options and prints the results."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from chatserver.domain.hospital import Mode
from chatserver.domain.rules import SECOND
from chatserver.domain.sentence import Sentence
from chatserver.language import said, say
from chatserver.simulation import report
from chatserver.simulation.arrivals import Asked
from chatserver.simulation.chance import Duration, Kind
from chatserver.simulation.comparison import arrivals_of, days
from chatserver.simulation.day import Day
from chatserver.simulation.erlang import agreements
from chatserver.simulation.picture import picture
from chatserver.simulation.policies import POLICIES
from chatserver.simulation.scenario import VARIATION, Scenario, hospital
from chatserver.simulation.trace import BadTrace, read_file

Share = click.FloatRange(0, 1)
AFile = click.Path(dir_okay=False, path_type=Path)


@click.command(help="Simulate days of a desk with the product's own routing, and compare it with other policies.")
@click.option(
    "--policy", "policies", multiple=True, type=click.Choice(list(POLICIES)), help="One or more; all if none."
)
@click.option("--seeds", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many days.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The first day's seed.")
@click.option(
    "--conversations", type=click.IntRange(1, 100_000), default=1_200, show_default=True, help="Expected a day."
)
@click.option("--consultants", type=click.IntRange(1, 1_000), default=16, show_default=True, help="In three shifts.")
@click.option("--capacity", type=click.IntRange(1, 20), default=5, show_default=True, help="Conversations at once.")
@click.option("--newcomers", type=Share, default=0.0, show_default=True, help="Share of consultants with capacity 3.")
@click.option(
    "--pace-spread", type=click.FloatRange(0, 2), default=0.0, show_default=True, help="How unequally fast they are."
)
@click.option(
    "--variation", type=click.FloatRange(0, 5), default=VARIATION, show_default=True, help="Of the handling time."
)
@click.option("--overhead", type=click.FloatRange(0, 5), default=0.25, show_default=True, help="g: of several at once.")
@click.option("--missing", type=Share, default=0.02, show_default=True, help="Probability of not seeing one.")
@click.option("--mode", type=click.Choice([Mode.AUTOMATIC.value, Mode.RING.value]), help="Of all groups.")
@click.option("--english", type=Share, default=0.05, show_default=True, help="Share of visitors.")
@click.option("--returning", type=Share, default=0.15, show_default=True, help="Share served the day before.")
@click.option("--emergencies", type=Share, default=0.01, show_default=True, help="Share of visitors.")
@click.option("--patience", type=click.FloatRange(0), default=180.0, show_default=True, help="Mean, s; 0: for ever.")
@click.option(
    "--patience-kind", type=click.Choice(["exponential", "lognormal"]), default="exponential", show_default=True
)
@click.option("--trace", type=AFile, help="CSV: second of the day, department, language, perhaps seconds of work.")
@click.option("--picture", "drawn_into", type=AFile, help="Draw the first day under the first policy, as SVG.")
@click.option("--json", "as_json", is_flag=True, help="Every number, for programs.")
@click.option("--erlang", is_flag=True, help="Compare a group of equals with Erlang C instead (--conversations each).")
def simulate(
    policies: tuple[str, ...],
    seeds: int,
    seed: int,
    trace: Path | None,
    drawn_into: Path | None,
    as_json: bool,
    erlang: bool,
    **assumed: Any,
) -> None:
    chosen = policies or tuple(POLICIES)
    numbers = range(seed, seed + seeds)
    if erlang:
        _compare_with_erlang(chosen[0], numbers, assumed["conversations"], as_json)
        return
    scenario = scenario_of(**assumed)
    try:
        asked = None if trace is None else read_file(trace, scenario)
    except BadTrace as why:
        click.echo(f"chatserver: {trace}: {said(why.sentence)}", err=True)
        sys.exit(1)
    found = days(scenario, chosen, numbers, asked)
    if as_json:
        click.echo(json.dumps(report.data(found, assumed | {"seeds": list(numbers)}), indent=2))
    else:
        whom = (
            Sentence("{conversations:,} conversations expected", conversations=assumed["conversations"])
            if asked is None
            else Sentence("the {conversations:,} of {trace}", conversations=len(asked), trace=trace)
        )
        say(
            "{span} from seed {seed}: {whom}, {consultants} consultants, g = {overhead:g}; mean ±95 %",
            span=Sentence("1 day") if seeds == 1 else Sentence("{days} days", days=seeds),
            seed=seed,
            whom=whom,
            consultants=len(scenario.staff),
            overhead=scenario.overhead,
        )
        click.echo()
        click.echo(report.table(found))
    if drawn_into is not None:
        _draw(scenario, chosen[0], seed, asked, drawn_into)


def scenario_of(
    *,
    conversations: int,
    consultants: int,
    capacity: int,
    newcomers: float,
    pace_spread: float,
    variation: float,
    overhead: float,
    missing: float,
    mode: str | None,
    english: float,
    returning: float,
    emergencies: float,
    patience: float,
    patience_kind: Kind,
) -> Scenario:
    """The scenario that the options describe."""
    desk = hospital(
        conversations,
        consultants,
        capacity=capacity,
        newcomers=newcomers,
        pace_spread=pace_spread,
        variation=variation,
        mode=None if mode is None else Mode(mode),
    )
    return replace(
        desk,
        overhead=overhead,
        missing=missing,
        english=english,
        returning=returning,
        emergencies=emergencies,
        patience=Duration(round(patience * SECOND), patience_kind) if patience else None,
    )


def _compare_with_erlang(policy: str, seeds: Sequence[int], conversations: int, as_json: bool) -> None:
    found = list(agreements(policy, seeds, conversations))
    if as_json:
        click.echo(json.dumps(report.erlang_data(found), indent=2))
    else:
        say(
            "{runs} runs of {conversations:,} conversations from seed {seed}; mean ±95 %",
            runs=len(seeds),
            conversations=conversations,
            seed=seeds[0],
        )
        click.echo()
        click.echo(report.erlang_table(found))


def _draw(scenario: Scenario, policy: str, seed: int, asked: Sequence[Asked] | None, file: Path) -> None:
    record = Day(scenario, arrivals_of(scenario, seed, asked), policy, seed, watched=True).run()
    try:
        file.write_text(picture(record, scenario.opens, scenario.closes), encoding="utf-8")
    except OSError as why:
        sentence = Sentence("cannot be written ({why})", why=why.strerror)
        click.echo(f"chatserver: {file}: {said(sentence)}", err=True)
        sys.exit(1)
