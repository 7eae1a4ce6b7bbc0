"""`chatserver simulate`: what it prints, for people and for programs, and what it draws."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from click.testing import CliRunner, Result

from chatserver.simulation.command import simulate
from chatserver.simulation.measures import MEANING
from chatserver.simulation.policies import POLICIES

SMALL = ("--conversations", "60", "--consultants", "8", "--seeds", "2")


def said(*options: str) -> Result:
    return CliRunner().invoke(simulate, options)


def test_a_row_for_each_measure_and_a_column_for_each_policy() -> None:
    result = said(*SMALL)
    assert result.exit_code == 0, result.output
    head, _, columns, *rows = result.output.splitlines()
    assert head == "2 days from seed 1: 60 conversations expected, 8 consultants, g = 0.25; mean ±95 %"
    assert columns.split() == list(POLICIES)
    for (heading, _, _), row in zip(MEANING.values(), rows, strict=False):
        assert row.startswith(heading)
        assert row.count("±") == len(POLICIES)
    assert "Differences from load-ratio on the same days" in result.output


def test_for_programs_it_is_json_with_every_day() -> None:
    result = said(*SMALL, "--json", "--policy", "random", "--policy", "load-ratio", "--seed", "5")
    found = json.loads(result.output)
    assert found["assumed"]["seeds"] == [5, 6]
    assert list(found["policies"]) == ["random", "load-ratio"]
    assert list(found["differences"]) == ["random"]
    for policy in found["policies"].values():
        assert policy["intervals"].keys() == MEANING.keys()
        assert len(policy["days"]) == 2
        assert all(day.keys() == MEANING.keys() for day in policy["days"])


def test_one_day_of_one_policy_has_no_interval() -> None:
    result = said("--conversations", "60", "--consultants", "8", "--seeds", "1", "--policy", "load-ratio")
    assert "±" not in "".join(result.output.splitlines()[1:])
    assert "Differences" not in result.output


def test_the_same_command_prints_the_same_again() -> None:
    assert said(*SMALL).output == said(*SMALL).output
    assert said(*SMALL).output != said(*SMALL, "--seed", "9").output


def test_every_assumption_has_an_effect() -> None:
    usual = said(*SMALL).output
    for name, value in {
        "capacity": "1",
        "newcomers": "1",
        "pace-spread": "1",
        "variation": "3",
        "overhead": "2",
        "missing": "0.5",
        "mode": "ring",
        "english": "1",
        "returning": "1",
        "emergencies": "1",
        "patience": "1",
        "patience-kind": "lognormal",
    }.items():
        assert said(*SMALL, f"--{name}", value).output.splitlines()[2:] != usual.splitlines()[2:], name


def test_the_picture_is_a_small_svg_with_three_panels(tmp_path: Path) -> None:
    file = tmp_path / "day.svg"
    assert said(*SMALL, "--picture", str(file)).exit_code == 0
    assert file.stat().st_size < 100_000
    drawn = ElementTree.parse(file).getroot()
    words = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"visitors per quarter of an hour", "waiting", "places: taken, and of those on duty"} <= set(words)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) == 3


def test_a_trace_takes_the_place_of_the_draw(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("second,department,language,work\n36000,internal,zh,60\n36001,pediatrics,zh,60\n")
    result = said(*SMALL, "--trace", str(trace), "--json")
    days = json.loads(result.output)["policies"]["load-ratio"]["days"]
    assert [day["asked"] for day in days] == [2, 2]


def test_a_bad_trace_is_refused_in_one_sentence(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("36000,nowhere,zh\n")
    result = said(*SMALL, "--trace", str(trace))
    assert (result.exit_code, result.stdout) == (1, "")
    [line] = result.stderr.splitlines()
    assert line.startswith(f"chatserver: {trace}: line 1: there is no department 'nowhere'")


def test_an_unwritable_picture_is_reported_in_one_sentence(tmp_path: Path) -> None:
    result = said(*SMALL, "--picture", str(tmp_path / "none" / "day.svg"))
    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert "cannot be written" in line


def test_erlang_is_compared_row_by_row() -> None:
    result = said("--erlang", "--conversations", "100", "--seeds", "2")
    assert result.output.splitlines()[0] == "2 runs of 100 conversations from seed 1; mean ±95 %"
    assert [row.split()[0] for row in result.output.splitlines()[3:]] == ["3", "6", "14", "20"]
    found = json.loads(said("--erlang", "--conversations", "100", "--seeds", "2", "--json").output)
    assert [each["consultants"] for each in found] == [3, 6, 14, 20]
