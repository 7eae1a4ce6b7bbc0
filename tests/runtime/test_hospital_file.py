"""`chatserver hospital`: exporting the records as a file and applying it; each fault in a file is reported in one
sentence."""

import re
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.demo.seed import seed
from chatserver.domain.emergency import Finding, recognise
from chatserver.domain.hospital import UNSURE, DoctorTitle, Hospital
from chatserver.domain.hours_text import read
from chatserver.records import toml_writer
from chatserver.store import accounts, meta, shifts
from chatserver.store.database import Database
from chatserver.store.hospital import load_hospital
from chatserver.store.revisions import migrate
from tests.runtime.test_commands import refusal, refusals, said
from tests.transactions import tx_at, written

ZONE = ZoneInfo("Asia/Shanghai")
DOCS = Path(__file__).resolve().parents[2] / "docs/operations/configure.md"
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
words = ["胎动", "产检"]
minors = true

[doctors.wang-jing]
zh = "王静"
en = "Wang Jing"
title = "associate_chief"
licence = "110430000012345"
department = "obstetrics"

[doctors.chen-hua]
zh = "陈华"
en = "Chen Hua"
title = "resident"
licence = "110430000054321"
department = "obstetrics"

[sites.east]
zh = "东院网站"
en = "East"
greeting_zh = '您好,"请"问?'
greeting_en = "Hello"
campus = "east"
origins = ["https://east.hospital.example"]
departments = ["obstetrics", "gynecology"]
general_group = "general"
leave_to = "https://www.weather.example/today"

[sites.east.invitation]
after_s = 45
pages = 2
referrers = ["baidu.com", "www.so.com"]
departments = ["obstetrics"]

[sites.east.questions.where]
kind = "address"
question_zh = "医院在哪里？"
question_en = "Where is it?"
answer_zh = "人民路 1 号"
answer_en = "1 Renmin Road"

[sites.east.questions.hours]
kind = "hours"
question_zh = "门诊几点上班？"
question_en = "When is the clinic open?"
answer_zh = "每天 8:10 至 24:00。"
answer_en = "Every day from 8:10 to 24:00."

[sites.east.questions.results]
kind = "other"
question_zh = "我想问检查结果。"
question_en = "About my results."

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
    written(database, lambda conn: seed(tx_at(conn, 1), ("http://127.0.0.1:8001",), 5))
    database.close()
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a file with the given text."""

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


def test_an_exported_file_applies_without_a_change(data: Path, file: Callable[[str], str]) -> None:
    result = said(data, "hospital", "apply", file(WANTED))
    assert (result.exit_code, result.stdout) == (0, f"Took in 12 records from {file(WANTED)}.\n"), result.output
    first, before = exported(data), held(data)
    assert said(data, "hospital", "apply", file(first)).exit_code == 0
    assert exported(data) == first
    assert held(data) == before
    written = tomllib.loads(first)
    wanted = tomllib.loads(WANTED)
    assert written["groups"]["night"] == wanted["groups"]["night"]
    assert written["departments"]["obstetrics"] == wanted["departments"]["obstetrics"]
    assert written["doctors"] == wanted["doctors"]
    assert list(written["doctors"]) == ["chen-hua", "wang-jing"]
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


def test_an_applied_file_sets_rules_people_and_shifts(data: Path, file: Callable[[str], str]) -> None:
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
    assert recognise("孩子喝了乌头酒", None, words) == Finding(("body",), "critical")
    assert recognise("没有喝乌头酒", None, words) is None, "judged by what is said around them, as others are"
    assert recognise("有点滴出血", "gynecology", words) == Finding(("body",), "attention")
    assert recognise("有点滴出血", "internal", words) is None
    assert recognise("有点滴出血", "obstetrics", words) is None
    emptied = WANTED.replace('words = ["乌头酒", "滴水观音"]', "words = []")
    said(data, "hospital", "apply", file(emptied))
    assert recognise("孩子喝了乌头酒", None, held(data).words) is None


def test_what_a_department_deals_with_is_known_by_its_name(data: Path, file: Callable[[str], str]) -> None:
    named = '[departments.d7]\nzh = "肛肠科"\nen = "Bowels"\ngroup = "general"\ncampus = "main"\n'
    said(data, "hospital", "apply", file(named))
    assert recognise("便血三天", "internal", held(data).words) == Finding(("body",), "attention")
    assert recognise("便血三天", "d7", held(data).words) is None


def test_doctors_keep_their_version_until_something_about_them_changes(data: Path, file: Callable[[str], str]) -> None:
    for _ in range(2):
        said(data, "hospital", "apply", file(WANTED))
        assert {id: each.version for id, each in held(data).doctors.items()} == {"wang-jing": 1, "chen-hua": 1}
    said(data, "hospital", "apply", file(WANTED.replace('title = "resident"', 'title = "attending"')))
    assert {id: each.version for id, each in held(data).doctors.items()} == {"wang-jing": 1, "chen-hua": 2}
    assert held(data).doctors["chen-hua"].title is DoctorTitle.ATTENDING


def test_two_doctors_swap_their_licences_but_none_takes_that_of_another(data: Path, file: Callable[[str], str]) -> None:
    one, other = "110430000012345", "110430000054321"
    said(data, "hospital", "apply", file(WANTED))
    swapped = WANTED.replace(one, "x").replace(other, one).replace("x", other)
    assert said(data, "hospital", "apply", file(swapped)).exit_code == 0
    third = f'[doctors.li]\nzh = "李"\nen = "Li"\ntitle = "chief"\nlicence = "{one}"\ndepartment = "gynecology"\n'
    told = refusals(said(data, "hospital", "apply", file(third)))
    assert told == ["doctors.li: its licence is that of chen-hua too."]
    assert "li" not in held(data).doctors


def test_a_hospital_without_doctors_is_exported_as_it_was_in_0_1_0(data: Path) -> None:
    assert "doctors" not in exported(data)


def test_a_running_server_is_told(data: Path, file: Callable[[str], str]) -> None:
    database = Database(data / "chat.db")
    before = database.read_now(meta.people_version)
    said(data, "hospital", "apply", file(WANTED))
    assert database.read_now(meta.people_version) > before
    database.close()


def test_records_that_are_not_named_stay(data: Path, file: Callable[[str], str]) -> None:
    said(data, "hospital", "apply", file(WANTED))
    before = exported(data)
    assert said(data, "hospital", "apply", file("")).exit_code == 0
    assert exported(data) == before, "the roster too"
    assert said(data, "hospital", "apply", file("shifts = []")).exit_code == 0
    assert "shifts" not in tomllib.loads(exported(data)) or tomllib.loads(exported(data))["shifts"] == []
    assert held(data).groups.keys() == {"general", "children", "night"}


RESULTS = """
[sites.east.questions.results]
kind = "other"
question_zh = "我想问检查结果。"
question_en = "About my results."
"""
SIX = "".join(RESULTS.replace("results", f"results{number}") for number in range(4))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "[campuses.east]",
            "[campuses.East]",
            "campuses.East: its name must be 1 to 40 of: small letters, digits, hyphen",
        ),
        (
            "[campuses.east]",
            "[campus.east]",
            "campus is no section; there are campuses, skills",
        ),
        ('zh = "东院"\n', "", "campuses.east: it lacks the required field `zh`"),
        (
            'mode = "ring"',
            'mode = "rings"',
            "groups.night.mode: 'rings' is none of automatic, claim, ring (did you mean 'ring'?)",
        ),
        (
            'mode = "ring"',
            'mode = "ring"\nmod = 1',
            "groups.night: it has the unknown field `mod` (did you mean 'mode'?)",
        ),
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
        ("ring_s = 20", "ring_s = 0", "groups.night.rules.ring_s: it must be 1 at least, not 0"),
        ("ring_s = 20", "ring_ms = 20", "groups.night.rules: 'ring_ms' is none of"),
        ("ring_s = 20", "idle_close_s = 20", "must follow each other in time"),
        ("22:00-06:00", "22:00-6:00", "groups.night.hours.monday: '6:00' is no time such as 08:10"),
        ("13:00-17:30", "11:00-17:30", "groups.night.hours.sunday: 08:00-12:00 and 11:00-17:30 overlap"),
        ("2026-10-01 =", "2026-13-01 =", "groups.night.hours.dates: '2026-13-01' is no date"),
        ("holidays = true", "holliday = true", "'holliday' is none of every_day"),
        ('skill = "pregnancy"', 'skill = "birth"', "departments.obstetrics: 'birth' is none of the skills: pregnancy"),
        ("level = 2", "level = 6", "departments.obstetrics.level: it must be 5 at most, not 6"),
        ('group = "night"', 'group = "day"', "departments.obstetrics: 'day' is none of the groups"),
        (
            'title = "resident"',
            'title = "famous"',
            "doctors.chen-hua.title: 'famous' is none of associate_chief, attending",
        ),
        (
            'department = "obstetrics"',
            'department = "surgery"',
            "doctors.wang-jing: 'surgery' is none of the departments",
        ),
        ('licence = "110430000012345"', 'licence = " "', "doctors.wang-jing.licence: it must not be blank"),
        ('licence = "110430000012345"\n', "", "doctors.wang-jing: it lacks the required field `licence`"),
        ("110430000054321", "110430000012345", "doctors.chen-hua: its licence is that of wang-jing too"),
        ("https://east", "https://East", "is spelled https://east.hospital.example by browsers"),
        ("hospital.example", "hospital.example:443", "is spelled https://east.hospital.example by browsers"),
        ("https://east", "http://east", "is not encrypted; allow_http = true allows it all the same"),
        ("hospital.example", "hospital.example:99999", "no origin such as"),
        ("https://east.hospital.example", "https://*", "no origin such as"),
        ("https://east", "https://admin@east", "no origin such as"),
        ("hospital.example", "hospital.example; script-src *", "no origin such as"),
        ("hospital.example", r"hospital.example\thttps://evil.example", "it holds U+0009"),
        ("hospital.example", r"hospital.example\nx", "it holds U+000A"),
        ("hospital.example", "hospital.example/", "no origin such as"),
        ('"gynecology"]', '"gynecologie"]', "sites.east: 'gynecologie' is none of the departments"),
        ('general_group = "general"', 'general_group = "all"', "sites.east: 'all' is none of the groups"),
        ('"gynecology"]', '"obstetrics"]', "departments must name each once"),
        ("https://www.weather.example/today", "javascript:alert(1)", "is no address of a page"),
        ("https://www.weather.example/today", "https://www.weather.example/a b", "is no address of a page"),
        ("https://www.weather.example/today", "https://a@weather.example/", "is no address of a page"),
        (RESULTS, "", "sites.east.questions: there must be 3 to 5 questions or none, and there are 2"),
        (RESULTS, SIX, "sites.east.questions: there must be 3 to 5 questions or none, and there are 6"),
        ("after_s = 45", "after_s = 4", "sites.east.invitation.after_s: it must be 5 at least, not 4"),
        ("pages = 2", "pages = 51", "sites.east.invitation.pages: it must be 50 at most, not 51"),
        ('"www.so.com"', '"https://www.so.com/"', "sites.east.invitation: 'https://www.so.com/' is no host name"),
        ('"www.so.com"', '"</script>"', "is no host name, such as baidu.com"),
        ('departments = ["obstetrics"]', 'departments = ["skin"]', "the site does not offer the department 'skin'"),
        ('kind = "body"', 'kind = "soul"', "words.herbs.kind: 'soul' is none of body, mind, protect"),
        ('level = "critical"', 'level = "high"', "words.herbs.level: 'high' is none of attention, critical"),
        ('"滴水观音"', '"毒。"', "words.herbs: '毒。' is too short to be looked for"),
        ('only_in = ["gynecology"]', 'only_in = ["surgery"]', "words.spotting: 'surgery' is none of the departments"),
        ('not_in = ["obstetrics"]', 'not_in = ["surgery"]', "words.spotting: 'surgery' is none of the departments"),
        ("[people.limin]", "[people.nobody]", "people.nobody: there is no account nobody"),
        ("capacity = 3", "capacity = 21", "people.limin.capacity: it must be 20 at most, not 21"),
        ('languages = ["zh"]', "languages = []", "must name one at least"),
        ("pregnancy = 4", "birth = 4", "people.limin: 'birth' is none of the skills"),
        ('login = "wangfang"', 'login = "nobody"', "shifts 2: there is no account nobody"),
        ('start = "08:00"', 'start = "8"', "shifts 1: '8' is no time such as 08:10"),
        (AT_NIGHT, 'login = "limin"\nname = "晚班"\nstart = "15:00"', "shifts 2: limin has another shift at that time"),
        (f'date = "{TOMORROW}"', 'date = "tomorrow"', "shifts 2.date: 'tomorrow' is no date such as 2026-11-27"),
        ("[skills.pregnancy]", "[skills.pregnancy", "is no TOML"),
    ],
)
def test_a_fault_is_reported_and_nothing_is_applied(
    data: Path, file: Callable[[str], str], before: str, after: str, told: str
) -> None:
    assert before in WANTED
    was = exported(data)
    sentences = refusals(said(data, "hospital", "apply", file(WANTED.replace(before, after, 1))))
    assert [sentence for sentence in sentences if told in sentence]
    assert not [sentence for sentence in sentences if not sentence.endswith(".")]
    assert exported(data) == was


WRONG = f"""
[campuses.east]
zh = "  "
en = 5
address = "人民路\\u0007 1 号"
phone = ["0731-1"]

[campus.west]

[groups.night]
zh = "夜班\\u200b组"
en = "Night desk"
mode = "rings"
overflow = "nobody"
rules = {{ ring_s = "20", hop = 2 }}
[groups.night.hours]
monday = ["22:00-6:00"]
sunday = "08:00-12:00"
holidays = "no"
dates = {{ 2026-13-01 = [], 2026-10-01 = ["8-9"] }}

[groups.day]
zh = "日班组"
en = "Day desk"
mode = "claim"
overflow = "night"
rules = {{ ring_s = 0, hop = 2 }}
hours = {{ mon = [], saturday = ["08:00-08:00"] }}

[departments.Obstetrics]
zh = "产科"
en = "Obstetrics"
group = "night"
campus = "west"
level = 2.5
skil = "x"

[sites.east]
zh = "东院网站"
en = "East"
greeting_zh = "您好，\\n请问？"
greeting_en = "\\t"
campus = "east"
origins = ["https://east.hospital.example/", "east"]
departments = ["surgery", "surgery"]

[people.nobody]
groups = ["night", "night"]
capacity = true
languages = ["zh", "fr"]

[[shifts]]
date = 2026-11-27T08:00:00
login = "limin"
name = "早班"
start = "08:00"
end = "16:00"

[[shifts]]
date = {TOMORROW}
login = "someone"
name = "早班"
start = "8"
end = "16:00"
"""


def test_all_faults_of_a_file_are_reported_at_once(data: Path, file: Callable[[str], str]) -> None:
    was = exported(data)
    told = refusals(said(data, "hospital", "apply", file(WRONG)))
    assert told == [
        "campus is no section; there are campuses, skills, groups, departments, doctors, sites, words, people, shifts, "
        "sources (did you mean 'campuses'?).",
        "campuses.east.zh: it must not be blank.",
        "campuses.east.en: it must be text in quotes, not a whole number.",
        "campuses.east.address: it holds U+0007, a character that nobody can see; write it anew without.",
        "campuses.east.phone: it must be text in quotes, not a list.",
        "campuses.east: it lacks the required field `emergency_phone`.",
        "groups.night.zh: it holds U+200B, a character that nobody can see; write it anew without.",
        "groups.night.mode: 'rings' is none of automatic, claim, ring (did you mean 'ring'?).",
        "groups.night.rules.ring_s: it must be a whole number, not text.",
        "departments.Obstetrics: its name must be 1 to 40 of: small letters, digits, hyphen.",
        "departments.Obstetrics: it has the unknown field `skil` (did you mean 'skill'?).",
        "departments.Obstetrics.level: it must be a whole number, not a number with a point.",
        "sites.east.greeting_en: it must not be blank.",
        "people.nobody.capacity: it must be a whole number, not true or false.",
        "people.nobody.languages 2: 'fr' is none of en, zh.",
        "shifts 1.date: it must be a date such as 2026-11-27, not a date with a time.",
        "groups.day.rules.ring_s: it must be 1 at least, not 0.",
        *(line for line in told if line.startswith("groups.day.rules: 'hop' is none of ")),
        "groups.day.hours: 'mon' is none of every_day, monday to sunday, holidays, dates.",
        "groups.day.hours.saturday: '08:00-08:00' has no length; 00:00-24:00 is a whole day.",
        "shifts 2: there is no account someone; `chatserver account add` makes it.",
        "shifts 2: '8' is no time such as 08:10.",
    ]
    assert exported(data) == was


def test_all_faults_of_a_table_of_hours_are_reported(data: Path, file: Callable[[str], str]) -> None:
    hours = """monday = ["22:00-6:00"]
sunday = "08:00-12:00"
holidays = "no"
dates = { 2026-13-01 = [], 2026-10-01 = ["8-9"] }
"""
    before, after = WANTED.split("[groups.night.hours]")
    after = after[after.index("[departments.obstetrics]") :]
    told = refusals(said(data, "hospital", "apply", file(f"{before}[groups.night.hours]\n{hours}\n{after}")))
    assert told == [
        "groups.night.hours: holidays must be true or false.",
        "groups.night.hours.monday: '6:00' is no time such as 08:10.",
        "groups.night.hours.sunday: '08:00-12:00' is no list of windows such as 08:10-24:00.",
        "groups.night.hours.dates: '2026-13-01' is no date such as 2026-10-01.",
        "groups.night.hours.dates.2026-10-01: '8' is no time such as 08:10.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_file_of_any_editor_is_accepted(data: Path, tmp_path: Path, encoding: str, line_break: str) -> None:
    path = tmp_path / "of-an-editor.toml"
    path.write_bytes(WANTED.replace("\n", line_break).encode(encoding))
    assert said(data, "hospital", "apply", str(path)).exit_code == 0
    assert held(data).campuses["east"].name.zh == "东院"


@pytest.mark.parametrize(("encoding", "line"), [("gbk", 3), ("utf-16", 1)])
def test_a_file_in_another_encoding_is_recognised(data: Path, tmp_path: Path, encoding: str, line: int) -> None:
    path = tmp_path / "of-an-editor.toml"
    path.write_bytes(WANTED.encode(encoding))
    sentence = refusal(said(data, "hospital", "apply", str(path)))
    assert sentence == f"{path} is not written in UTF-8 (line {line}); save it as UTF-8."


NAMED = {
    "campuses.east": ("zh", "en"),
    "skills.pregnancy": ("zh", "en"),
    "groups.night": ("zh", "en"),
    "departments.obstetrics": ("zh", "en"),
    "sites.east": ("zh", "en", "greeting_zh", "greeting_en"),
}
"""Every text that is shown on a screen."""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "it must not be blank"),
        (" \u3000", "it must not be blank"),
        ("\u3164\u200b", "it must not be blank"),
        ("东\u0007院", "it holds U+0007"),
        ("东\u202e院", "it holds U+202E"),
        ("东\x7f院", "it holds U+007F"),
        ("东\u2028院", "it holds U+2028"),
    ],
)
def test_a_name_that_nobody_could_read_is_refused(data: Path, file: Callable[[str], str], name: str, told: str) -> None:
    document = tomllib.loads(WANTED)
    del document["shifts"]
    for record, names in NAMED.items():
        section, id = record.split(".")
        document[section][id] |= dict.fromkeys(names, name)
    sentences = refusals(said(data, "hospital", "apply", file(toml_writer.written(document))))
    assert [sentence.split(": ")[0] for sentence in sentences] == [
        f"{record}.{field}" for record, names in NAMED.items() for field in names
    ]
    assert not [sentence for sentence in sentences if told not in sentence]


def test_a_greeting_may_have_several_lines_and_a_name_may_not(data: Path, file: Callable[[str], str]) -> None:
    document = tomllib.loads(WANTED)
    del document["shifts"]
    document["sites"]["east"]["greeting_zh"] = "您好，\n请问？"
    assert said(data, "hospital", "apply", file(toml_writer.written(document))).exit_code == 0
    document["sites"]["east"]["zh"] = "东院\n网站"
    assert "U+000A" in refusal(said(data, "hospital", "apply", file(toml_writer.written(document))))


def test_a_new_hospital_takes_three_steps(tmp_path: Path, file: Callable[[str], str]) -> None:
    new = tmp_path / "new"
    assert said(new, "migrate").exit_code == 0
    whole = WANTED.replace('"night", "general"', '"night"').replace('overflow = "general"\n', "").replace(GENERAL, "")
    whole = whole.replace(', "gynecology"', "").replace('only_in = ["gynecology"]\n', "")
    before_people = whole[: whole.index("[people.limin]")]
    assert said(new, "hospital", "apply", file(before_people)).exit_code == 0
    too_early = refusals(said(new, "hospital", "apply", file(whole)))
    assert {sentence.partition(": ")[2] for sentence in too_early} == {
        f"there is no account {login}; `chatserver account add` makes it." for login in ("limin", "wangfang")
    }
    for login, number in (("limin", "012"), ("wangfang", "015")):
        who = ("--name", login, "--number", number, "--group", "night", "--password-stdin")
        assert said(new, "account", "add", login, *who, words="a long enough sentence\n").exit_code == 0
    assert said(new, "hospital", "apply", file(whole)).exit_code == 0
    assert held(new).sites.keys() == {"east"}


def test_a_missing_file_is_reported(data: Path) -> None:
    assert "cannot be read" in refusal(said(data, "hospital", "apply", str(data / "none.toml")))


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.one_of(st.booleans(), st.integers(-(2**31), 2**31), names, st.lists(names, max_size=3))
tables = st.recursive(
    st.dictionaries(names, plain, max_size=3), lambda inner: st.dictionaries(names, inner, max_size=3)
)


@given(st.dictionaries(names, st.one_of(plain, tables, st.lists(tables, min_size=1, max_size=2)), max_size=4))
def test_whatever_is_written_is_read_back(document: dict[str, object]) -> None:
    assert tomllib.loads(toml_writer.written(document)) == document


def test_the_example_of_the_docs_can_be_applied(data: Path, file: Callable[[str], str]) -> None:
    example, invitation, sources = re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert said(data, "hospital", "apply", file(sources)).exit_code == 0
    assert [each.id for each in held(data).sources.rules] == ["poster", "baidu-bid"]
    example = example.replace("li.min", "limin").replace("2026-11-27", TOMORROW)
    result = said(data, "hospital", "apply", file(example + dedent(invitation)))
    assert result.exit_code == 0, result.output
    assert exported(data).count("[[shifts]]") == 1
    invited = held(data).sites["www"].invitation
    assert invited is not None
    assert (invited.after_s, invited.pages, invited.referrers) == (30, 1, ("baidu.com",))
