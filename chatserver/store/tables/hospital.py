"""The hospital's records and settings."""

from sqlalchemy import BigInteger as Millis
from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, text

from chatserver.store.tables.base import metadata

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch, server_key and other single values",
)

setting_versions = Table(
    "setting_versions",
    metadata,
    Column("setting", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3 …; no number is left out"),
    Column("value", Text, nullable=False, comment="JSON"),
    Column("at", Millis, nullable=False),
    Column("actor", Text, nullable=False, comment="who made it"),
    comment="settings of the whole hospital; a change adds a row, and none is changed or deleted",
)

campuses = Table(
    "campuses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("emergency_phone", Text, nullable=False),
)

skills = Table(
    "skills",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
)

groups = Table(
    "groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("overflow", Text, nullable=True, comment="the group that helps out"),
    Column("rules", Text, server_default=text("'{}'"), nullable=False, comment="JSON: its own numbers, by name"),
    Column("hours", Text, nullable=True, comment="JSON: its opening hours; none: the site's alone"),
)

departments = Table(
    "departments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("campus_id", ForeignKey("campuses.id"), nullable=False),
    Column("skill", Text, nullable=True, comment="the skill that its consultants should have"),
    Column("level", Integer, server_default="1", nullable=False),
    Column(
        "intimate",
        Boolean(create_constraint=False),
        server_default=text("false"),
        nullable=False,
        comment="images are blurred until they are tapped",
    ),
    Column("words", Text, server_default=text("'[]'"), nullable=False, comment="JSON list: words that suggest it"),
    Column(
        "minors",
        Boolean(create_constraint=False),
        server_default=text("false"),
        nullable=False,
        comment="for children, who are never invited",
    ),
)

doctors = Table(
    "doctors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("title", Text, nullable=False, comment="chief, associate_chief, attending or resident"),
    Column("licence", Text, nullable=False, comment="number of the licence to practise"),
    Column("department_id", ForeignKey("departments.id"), nullable=False),
    Column("version", Integer, nullable=False, comment="raised by every change"),
)

sites = Table(
    "sites",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("greeting_zh", Text, nullable=False),
    Column("greeting_en", Text, nullable=False),
    Column("campus_id", ForeignKey("campuses.id"), nullable=False),
    Column("origins", Text, nullable=False, comment="JSON list of exact origins"),
    Column("hours", Text, nullable=True, comment="JSON: its opening hours; none: the usual ones"),
    Column("general_group", Text, nullable=True, comment="serves visitors who chose no department"),
    Column("leave_to", Text, nullable=True, comment="where 快速离开 goes; none: an empty page"),
    Column("notice", Text, nullable=True, comment="JSON: its privacy notice; none: the built-in one"),
    Column(
        "questions",
        Text,
        server_default=text("'[]'"),
        nullable=False,
        comment="JSON list: quick questions with approved answers",
    ),
    Column("health_words", Text, server_default=text("'[]'"), nullable=False, comment="JSON: list of its own"),
    Column("invitation", Text, nullable=True, comment="JSON: its rules; none: nobody is invited"),
)

emergency_words = Table(
    "emergency_words",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, comment="body, mind or protect"),
    Column("level", Text, nullable=False, comment="critical or attention"),
    Column("words", Text, nullable=False, comment="JSON list"),
    Column("only_in", Text, nullable=False, comment="JSON list of departments; empty: in all"),
    Column("not_in", Text, nullable=False, comment="JSON list of departments"),
)

site_departments = Table(
    "site_departments",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("department_id", ForeignKey("departments.id"), primary_key=True),
    Column("position", Integer, nullable=False),
)

source_rules = Table(
    "source_rules",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, nullable=False, comment="JSON"),
    comment="how sources are recognised; none: the built-in rules",
)

keywords = Table(
    "keywords",
    metadata,
    Column("site", Text, primary_key=True, comment="empty: for all sites"),
    Column("keyword_id", Text, primary_key=True, comment="关键词ID; empty: the words are of the 计划 or 单元"),
    Column("plan", Text, primary_key=True, comment="计划"),
    Column("unit", Text, primary_key=True, comment="单元"),
    Column("from_day", Text, primary_key=True, comment="YYYY-MM-DD: the first day on which they had these words"),
    Column("words", Text, nullable=False),
    comment="the words of ids in advertisements, as the hospital uploaded them",
)
