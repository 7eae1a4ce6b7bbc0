"""康宁医院 / Kangning Hospital: its records and staff. Written at the first start; later starts only update the
ports."""

from dataclasses import replace

from chatserver.domain.consent import Notice
from chatserver.domain.hospital import Campus, Department, Group, Mode, Name, Role, Site, Skill
from chatserver.domain.hours import ALWAYS
from chatserver.domain.quick_questions import QuickQuestion
from chatserver.store import accounts, consultants, hospital, meta
from chatserver.store.accounts import NewAccount
from chatserver.store.tx import Tx
from chatserver.web.gate.passwords import hashed

PASSWORD = "kangning-demo-2026"  # noqa: S105 public, printed at every start

CAMPUS = Campus("main", Name("本部", "Main campus"), "长沙市开福区康宁路 18 号", "0731-8888 0120", "0731-8888 0999")

SKILLS = (Skill("pregnancy", Name("孕产", "Pregnancy")),)

GROUPS = (
    Group("general", Name("综合咨询组", "General desk"), Mode.AUTOMATIC),
    Group("children", Name("儿科咨询组", "Children's desk"), Mode.RING, overflow="general"),
)

DEPARTMENTS = (
    Department(
        "gynecology",
        Name("妇科", "Gynecology"),
        "general",
        "main",
        "pregnancy",
        2,
        intimate=True,
        words=("月经", "例假", "白带", "怀孕", "备孕", "产检"),
    ),
    Department(
        "pediatrics",
        Name("儿科", "Pediatrics"),
        "children",
        "main",
        words=("宝宝", "小孩", "孩子", "疫苗"),
        minors=True,
    ),
    Department(
        "internal", Name("内科", "Internal medicine"), "general", "main", words=("血压", "血糖", "咳嗽", "胃痛")
    ),
)

QUESTIONS = (
    QuickQuestion(
        "where",
        "address",
        "医院在哪里？怎么走？",
        "Where is the hospital?",
        "长沙市开福区康宁路 18 号。地铁 1 号线开福寺站 2 号口出，步行 5 分钟。",
        "18 Kangning Road, Kaifu District, Changsha. Metro line 1, Kaifu Temple, exit 2, then five minutes on foot.",
    ),
    QuickQuestion(
        "hours",
        "hours",
        "门诊几点上班？",
        "When is the clinic open?",
        "门诊每天 8:00 至 17:30，急诊 24 小时开放。",
        "The clinic is open every day from 8:00 to 17:30; the emergency department never closes.",
    ),
    QuickQuestion(
        "fee",
        "price",
        "挂号费是多少？",
        "How much is the registration fee?",
        "普通门诊 10 元，副主任医师 20 元，主任医师 30 元。检查和药品另收，以收费窗口为准。",
        "An ordinary registration costs 10 yuan, an associate chief physician 20, a chief physician 30. Examinations "
        "and medicines are charged separately, as the cashier says.",
    ),
    QuickQuestion("results", "other", "检查报告怎么取？", "How do I collect a report?"),
)

SITE = Site(
    "demo",
    Name("康宁医院", "Kangning Hospital"),
    Name(
        "您好，这里是康宁医院在线咨询。请写下您想问的，咨询员会尽快回复您；不知道挂哪个科也没关系。",
        "Hello, this is Kangning Hospital. Please write what you would like to ask; a consultant will "
        "answer you soon. You do not have to know the department.",
    ),
    "main",
    (),
    tuple(department.id for department in DEPARTMENTS),
    ALWAYS,
    "general",
    questions=QUESTIONS,
    notice=Notice(
        "demo-1",
        "康宁医院会处理您在这里写下的内容和联系方式，只用于就医咨询。涉及健康的内容，会另外征求您的同意；您随时可以撤回。",
        "Kangning Hospital uses what you write here and your contact details, only for this enquiry. For health "
        "details it asks you separately. You can withdraw at any time.",
    ),
)

PEOPLE: tuple[tuple[str, str, str, Role, tuple[str, ...]], ...] = (
    ("limin", "李敏", "012", Role.CONSULTANT, ("general",)),
    ("wangfang", "王芳", "015", Role.CONSULTANT, ("general",)),
    ("zhangwei", "张伟", "021", Role.CONSULTANT, ("children",)),
    ("chenjing", "陈静", "003", Role.SUPERVISOR, ("general", "children")),
    ("admin", "周强", "001", Role.ADMINISTRATOR, ()),
)

KNOWN: dict[str, dict[str, int]] = {"limin": {"pregnancy": 2}, "wangfang": {"pregnancy": 4}}
"""The skills of each consultant, and their levels."""


def seed(tx: Tx, origins: tuple[str, ...], capacity: int) -> None:
    """Write everything at the first start; at every start set the origins that may embed the widget."""
    if not accounts.everybody(tx.conn):
        meta.mark_as_demo(tx)
        _hospital(tx)
        _people(tx, capacity)
    hospital.put_site(tx, with_origins(origins))


def with_origins(origins: tuple[str, ...]) -> Site:
    return replace(SITE, origins=origins)


def _hospital(tx: Tx) -> None:
    hospital.put_campus(tx, CAMPUS)
    for skill in SKILLS:
        hospital.put_skill(tx, skill)
    for group in GROUPS:
        hospital.put_group(tx, group)
    for department in DEPARTMENTS:
        hospital.put_department(tx, department)


def _people(tx: Tx, capacity: int) -> None:
    password = hashed(PASSWORD)
    for login, name, number, role, groups in PEOPLE:
        id = accounts.add(tx, NewAccount(login, password, name, number, role, groups, capacity))
        known = consultants.load(tx.conn, [id])[id]
        consultants.put_work(tx, replace(known, skills=KNOWN.get(login, {})))
