"""`chatserver hospital`: the records as a file, out and in again; what cannot be taken in is said in one sentence."""

import re
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver import toml
from chatserver.demo.seed import seed
from chatserver.domain.emergency import recognise
from chatserver.domain.hospital import UNSURE, Hospital
from chatserver.domain.hours import read
from chatserver.store import accounts, meta, shifts
from chatserver.store.database import Database
from chatserver.store.hospital import load_hospital
from chatserver.store.revisions import migrate
from tests.starting.test_commands import refusal, said

ZONE = ZoneInfo("Asia/Shanghai")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
TOMORROW = (datetime.now(ZONE) + timedelta(days=1)).date().isoformat()

WANTED = f"""
[campuses.east]
zh = "东院"
en = "East"
address = "人民路 1 号"
phone = "0731-1"
emergency_phone = "0731-2"

[skills.pregnancy]
zh = "产科"
en = "Pregnancy"

[groups.night]
zh = "夜班组"
en = "Night desk"
mode = "ring"
overflow = "general"
[groups.night.rules]
ring_s = 20
hops = 2
[groups.night.hours]
monday = ["22:00-06:00"]
sunday = ["08:00-12:00", "13:00-17:30"]
holidays = true
[groups.night.hours.dates]
2026-10-01 = []
2026-10-02 = ["09:00-12:00"]

[departments.obstetrics]
zh = "产科"
en = "Obstetrics"
group = "night"
campus = "east"
skill = "pregnancy"
level = 2

[sites.east]
zh = "东院网站"
en = "East"
greeting_zh = '您好,"请"问?'
greeting_en = "Hello"
campus = "east"
origins = ["https://east.hospital.example"]
departments = ["obstetrics", "gynecology"]
general_group = "general"

[words.herbs]
kind = "body"
level = "critical"
words = ["乌头酒", "滴水观音"]

[words.spotting]
kind = "body"
level = "attention"
words = ["点滴出血"]
only_in = ["gynecology"]
not_in = ["obstetrics"]

[people.limin]
groups = ["night", "general"]
capacity = 3
languages = ["zh"]
skills = {{ pregnancy = 4 }}

[[shifts]]
date = {TOMORROW}
login = "limin"
name = "早班"
start = "08:00"
end = "16:00"

[[shifts]]
date = "{TOMORROW}"
login = "wangfang"
name = "晚班"
start = "22:00"
end = "06:00"
"""

AT_NIGHT = 'login = "wangfang"\nname = "晚班"\nstart = "22:00"'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the demo hospital's database."""
    folder = tmp_path / "data"
    folder.mkdir()
    migrate(folder / "chat.db")
    database = Database(folder / "chat.db")
    database.write_now(lambda conn: seed(conn, ("http://127.0.0.1:8001",), 5, 1))
    database.close()
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """A file with this text."""

    def write(text: str) -> str:
        path = tmp_path / "hospital.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def exported(data: Path) -> str:
    result = said(data, "hospital", "export")
    assert result.exit_code == 0, result.output
    return result.stdout


def held(data: Path) -> Hospital:
    database = Database(data / "chat.db")
    try:
        return database.read_now(load_hospital)
    finally:
        database.close()


def test_what_comes_out_goes_in_again_and_is_the_same(data: Path, file: Callable[[str], str]) -> None:
    result = said(data, "hospital", "apply", file(WANTED))
    assert (result.exit_code, result.stdout) == (0, f"Took in 10 records from {file(WANTED)}.\n"), result.output
    first, before = exported(data), held(data)
    assert said(data, "hospital", "apply", file(first)).exit_code == 0
    assert exported(data) == first
    assert held(data) == before
    written = tomllib.loads(first)
    wanted = tomllib.loads(WANTED)
    assert written["groups"]["night"] == wanted["groups"]["night"]
    assert written["departments"]["obstetrics"] == wanted["departments"]["obstetrics"]
    assert written["words"] == wanted["words"]
    assert written["people"]["limin"] == wanted["people"]["limin"]
    assert written["sites"]["east"].pop("hours") == {"every_day": ["08:10-24:00"]}, "the usual ones"
    assert written["sites"]["east"] == wanted["sites"]["east"]


GENERAL = 'general_group = "general"\n'
OWN_UNSURE = '[departments.unsure]\nzh = "导医台"\nen = "Guide desk"\ngroup = "general"\ncampus = "east"\n'


@pytest.mark.parametrize(
    ("departments", "described", "group"),
    [
        ('["obstetrics", "gynecology"]', "", "night"),
        ('["gynecology", "obstetrics"]', "", "general"),
        ('["obstetrics", "unsure"]', "", "night"),
        ('["obstetrics", "unsure"]', OWN_UNSURE, "general"),
        ('["obstetrics", "gynecology"]', OWN_UNSURE, "night"),
    ],
)
def test_a_file_of_0_1_0_needs_no_general_group(
    data: Path, file: Callable[[str], str], departments: str, described: str, group: str
) -> None:
    before = WANTED.replace(GENERAL, "").replace('["obstetrics", "gynecology"]', departments)
    result = said(data, "hospital", "apply", file(before.replace("[sites.east]", described + "[sites.east]")))
    assert result.exit_code == 0, result.output
    assert held(data).group_of("east", UNSURE) == group
    assert held(data).sites["east"].departments[-1] == UNSURE


def test_the_department_of_those_who_are_not_sure_is_written_only_where_it_has_a_name_of_its_own(
    data: Path, file: Callable[[str], str]
) -> None:
    written = tomllib.loads(exported(data))
    assert UNSURE not in written["departments"]
    assert written["sites"]["demo"]["departments"] == ["gynecology", "pediatrics", "internal"]
    assert written["sites"]["demo"]["general_group"] == "general"
    said(data, "hospital", "apply", file(WANTED.replace("[sites.east]", OWN_UNSURE + "[sites.east]")))
    first, before = exported(data), held(data)
    assert tomllib.loads(first)["departments"][UNSURE] == tomllib.loads(OWN_UNSURE)["departments"][UNSURE]
    assert said(data, "hospital", "apply", file(first)).exit_code == 0
    assert held(data) == before


def test_it_says_what_it_means(data: Path, file: Callable[[str], str]) -> None:
    said(data, "hospital", "apply", file(WANTED))
    night = held(data).groups["night"]
    assert night.rules == {"ring_ms": 20_000, "hops": 2}
    assert night.overflow == "general"
    assert night.hours == read(tomllib.loads(WANTED)["groups"]["night"]["hours"])
    database = Database(data / "chat.db")
    li = database.read_now(lambda conn: accounts.by_login(conn, "limin"))
    roster = database.read_now(lambda conn: shifts.ending_after(conn, 0))
    database.close()
    assert li is not None
    assert (li.consultant.groups, li.consultant.capacity) == (("night", "general"), 3)
    assert (li.consultant.skills, li.consultant.languages) == ({"pregnancy": 4}, ("zh",))
    starts = [datetime.fromtimestamp(each.starts_at / 1000, ZONE) for each in roster]
    assert [each.strftime("%H:%M") for each in starts] == ["08:00", "22:00"]
    assert [(each.ends_at - each.starts_at) // 3_600_000 for each in roster] == [8, 8]


def test_the_hospitals_own_words_are_words_of_an_emergency(data: Path, file: Callable[[str], str]) -> None:
    said(data, "hospital", "apply", file(WANTED))
    words = held(data).words
    assert recognise("孩子喝了乌头酒", None, words) == (("body",), "critical")
    assert recognise("没有喝乌头酒", None, words) is None, "judged by what is said around them, as others are"
    assert recognise("有点滴出血", "gynecology", words) == (("body",), "attention")
    assert recognise("有点滴出血", "internal", words) is None
    assert recognise("有点滴出血", "obstetrics", words) is None
    emptied = WANTED.replace('words = ["乌头酒", "滴水观音"]', "words = []")
    said(data, "hospital", "apply", file(emptied))
    assert recognise("孩子喝了乌头酒", None, held(data).words) is None


def test_what_a_department_deals_with_is_known_by_its_name(data: Path, file: Callable[[str], str]) -> None:
    named = '[departments.d7]\nzh = "肛肠科"\nen = "Bowels"\ngroup = "general"\ncampus = "main"\n'
    said(data, "hospital", "apply", file(named))
    assert recognise("便血三天", "internal", held(data).words) == (("body",), "attention")
    assert recognise("便血三天", "d7", held(data).words) is None


def test_a_running_server_is_told(data: Path, file: Callable[[str], str]) -> None:
    database = Database(data / "chat.db")
    before = database.read_now(meta.people_version)
    said(data, "hospital", "apply", file(WANTED))
    assert database.read_now(meta.people_version) > before
    database.close()


def test_what_is_not_named_stays(data: Path, file: Callable[[str], str]) -> None:
    said(data, "hospital", "apply", file(WANTED))
    before = exported(data)
    assert said(data, "hospital", "apply", file("")).exit_code == 0
    assert exported(data) == before, "the roster too"
    assert said(data, "hospital", "apply", file("shifts = []")).exit_code == 0
    assert "shifts" not in tomllib.loads(exported(data)) or tomllib.loads(exported(data))["shifts"] == []
    assert held(data).groups.keys() == {"general", "children", "night"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[campuses.east]", "[campuses.East]", "campuses.East: the name:"),
        ("[campuses.east]", "[campus.east]", "campus is no section; there are campuses, skills"),
        ('zh = "东院"\n', "", "campuses.east: it lacks the required field `zh`"),
        ('mode = "ring"', 'mode = "rings"', "groups.night: invalid enum value 'rings'"),
        ('mode = "ring"', 'mode = "ring"\nmod = 1', "groups.night: it has the unknown field `mod`"),
        (
            'overflow = "general"',
            'overflow = "nobody"',
            "groups.night: 'nobody' is none of the groups: children, general",
        ),
        ('overflow = "general"', 'overflow = "night"', "what overflows from here comes back by itself"),
        (
            "[groups.night.rules]",
            '[groups.general]\nzh = "综"\nen = "Desk"\nmode = "automatic"\noverflow = "night"\n[groups.night.rules]',
            "comes back by",
        ),
        ("ring_s = 20", "ring_s = 0", "groups.night.rules.ring_s: expected `int` >= 1"),
        ("ring_s = 20", "ring_ms = 20", "groups.night.rules: 'ring_ms' is none of"),
        ("ring_s = 20", "idle_close_s = 20", "must follow each other in time"),
        ("22:00-06:00", "22:00-6:00", "groups.night.hours: '6:00' is no time such as 08:10"),
        ("13:00-17:30", "11:00-17:30", "groups.night.hours: 08:00-12:00 and 11:00-17:30 overlap"),
        ("2026-10-01 =", "2026-13-01 =", "groups.night.hours: '2026-13-01' is no date"),
        ("holidays = true", "holliday = true", "'holliday' is none of every_day"),
        ('skill = "pregnancy"', 'skill = "birth"', "departments.obstetrics: 'birth' is none of the skills: pregnancy"),
        ("level = 2", "level = 6", "departments.obstetrics: expected `int` <= 5"),
        ('group = "night"', 'group = "day"', "departments.obstetrics: 'day' is none of the groups"),
        ("https://east", "https://East", "no origin such as"),
        ("hospital.example", "hospital.example/", "no origin such as"),
        ('"gynecology"]', '"gynecologie"]', "sites.east: 'gynecologie' is none of the departments"),
        ('general_group = "general"', 'general_group = "all"', "sites.east: 'all' is none of the groups"),
        ('"gynecology"]', '"obstetrics"]', "departments must name each once"),
        ('kind = "body"', 'kind = "soul"', "words.herbs: invalid enum value 'soul'"),
        ('level = "critical"', 'level = "high"', "words.herbs: invalid enum value 'high'"),
        ('"滴水观音"', '"毒。"', "words.herbs: '毒。' is too short to be looked for"),
        ('only_in = ["gynecology"]', 'only_in = ["surgery"]', "words.spotting: 'surgery' is none of the departments"),
        ('not_in = ["obstetrics"]', 'not_in = ["surgery"]', "words.spotting: 'surgery' is none of the departments"),
        ("[people.limin]", "[people.nobody]", "people.nobody: there is no account nobody"),
        ("capacity = 3", "capacity = 21", "people.limin: expected `int` <= 20"),
        ('languages = ["zh"]', "languages = []", "must name one at least"),
        ("pregnancy = 4", "birth = 4", "people.limin: 'birth' is none of the skills"),
        ('login = "wangfang"', 'login = "nobody"', "shifts 2: there is no account nobody"),
        ('start = "08:00"', 'start = "8"', "shifts 1: '8' is no time such as 08:10"),
        (AT_NIGHT, 'login = "limin"\nname = "晚班"\nstart = "15:00"', "shifts 2: limin has another shift at that time"),
        (f'date = "{TOMORROW}"', 'date = "tomorrow"', "shifts 2: invalid RFC3339 encoded date"),
        ("[skills.pregnancy]", "[skills.pregnancy", "is no TOML"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_taken_in(
    data: Path, file: Callable[[str], str], before: str, after: str, told: str
) -> None:
    assert before in WANTED
    was = exported(data)
    sentence = refusal(said(data, "hospital", "apply", file(WANTED.replace(before, after, 1))))
    assert told in sentence
    assert sentence.endswith(".")
    assert exported(data) == was


def test_a_file_that_is_not_there_is_said(data: Path) -> None:
    assert "cannot be read" in refusal(said(data, "hospital", "apply", str(data / "none.toml")))


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.one_of(st.booleans(), st.integers(-(2**31), 2**31), names, st.lists(names, max_size=3))
tables = st.recursive(
    st.dictionaries(names, plain, max_size=3), lambda inner: st.dictionaries(names, inner, max_size=3)
)


@given(st.dictionaries(names, st.one_of(plain, tables, st.lists(tables, min_size=1, max_size=2)), max_size=4))
def test_whatever_is_written_is_read_back(document: dict[str, object]) -> None:
    assert tomllib.loads(toml.written(document)) == document


def test_the_example_of_the_docs_can_be_taken_in(data: Path, file: Callable[[str], str]) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    example = example.replace("li.min", "limin").replace("2026-11-27", TOMORROW)
    result = said(data, "hospital", "apply", file(example))
    assert result.exit_code == 0, result.output
    assert exported(data).count("[[shifts]]") == 1
