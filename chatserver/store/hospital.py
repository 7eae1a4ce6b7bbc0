"""Sites, campuses, groups and departments: read all together, written one by one.

The doctors are in `doctors`, the staff are in `consultants`, their sign-in data in `accounts`.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select

from chatserver.domain.consent import BUILT_IN_TEXTS, Notice, by_hash
from chatserver.domain.emergency import OwnWords, Words
from chatserver.domain.hospital import (
    UNSURE,
    UNSURE_NAME,
    Campus,
    Department,
    Group,
    Hospital,
    Mode,
    Name,
    Site,
    Skill,
)
from chatserver.domain.hours import USUAL, Hours
from chatserver.domain.hours_text import read as read_hours
from chatserver.domain.hours_text import spelled as spelled_hours
from chatserver.domain.invitations import Invitation
from chatserver.domain.quick_questions import QuickQuestion
from chatserver.store import consents, doctors, source_rules
from chatserver.store.meta import bump_people_version
from chatserver.store.tables import (
    campuses,
    departments,
    emergency_words,
    groups,
    site_departments,
    sites,
    skills,
)
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or


def load_hospital(conn: Connection) -> Hospital:
    """The whole hospital except the staff."""
    offered: dict[str, list[str]] = defaultdict(list)
    for row in conn.execute(select(site_departments).order_by(site_departments.c.position)):
        offered[row.site_id].append(row.department_id)
    known = {row.id: _department(row) for row in conn.execute(select(departments))}
    own = tuple(_own_words(row) for row in conn.execute(select(emergency_words).order_by(emergency_words.c.id)))
    return Hospital(
        sites={row.id: _site(row, tuple(offered[row.id])) for row in conn.execute(select(sites))},
        campuses={row.id: _campus(row) for row in conn.execute(select(campuses))},
        groups={row.id: _group(row) for row in conn.execute(select(groups))},
        departments=known,
        skills={row.id: Skill(row.id, _name(row)) for row in conn.execute(select(skills))},
        doctors=doctors.load(conn),
        words=Words(own, {id: f"{each.name.zh} {each.name.en}" for id, each in known.items()}),
        consent_texts={**BUILT_IN_TEXTS, **by_hash(consents.texts(conn))},
        sources=source_rules.load(conn),
    )


def put_campus(tx: Tx, campus: Campus) -> None:
    """Add the campus, or replace its values."""
    values = {"address": campus.address, "phone": campus.phone, "emergency_phone": campus.emergency_phone}
    _put(tx, campuses, campus.id, _names(campus.name) | values)


def put_skill(tx: Tx, skill: Skill) -> None:
    """Add the skill, or replace its values."""
    _put(tx, skills, skill.id, _names(skill.name))


def put_group(tx: Tx, group: Group) -> None:
    """Add the group, or replace its values. Its overflow group must exist."""
    values: dict[str, str | int | None] = {
        "mode": group.mode.value,
        "overflow": group.overflow,
        "rules": json.dumps(dict(group.rules)),
        "hours": None if group.hours is None else json.dumps(spelled_hours(group.hours)),
    }
    _put(tx, groups, group.id, {**_names(group.name), **values})


def put_department(tx: Tx, department: Department) -> None:
    """Add the department, or replace its values. Its group, campus and skill must exist."""
    values: dict[str, str | int | bool | None] = {
        "group_id": department.group,
        "campus_id": department.campus,
        "skill": department.skill,
        "level": department.level,
        "intimate": department.intimate,
        "words": json.dumps(department.words, ensure_ascii=False),
        "minors": department.minors,
    }
    _put(tx, departments, department.id, {**_names(department.name), **values})


def put_words(tx: Tx, own: OwnWords) -> None:
    """Add these emergency words, or replace those with the same id."""
    values: dict[str, str | int | None] = {
        "kind": own.kind,
        "level": own.level,
        "words": json.dumps(own.words, ensure_ascii=False),
        "only_in": json.dumps(own.only_in),
        "not_in": json.dumps(own.not_in),
    }
    _put(tx, emergency_words, own.id, values)


def put_site(tx: Tx, site: Site) -> None:
    """Add the site, or replace its values, departments and origins.

    `UNSURE` is always offered last, whether it is named or not. A site without a general group gets the group of its
    first department.
    """
    general = site.general_group or _first_group(tx.conn, site.departments)
    values: dict[str, str | None] = {
        "greeting_zh": site.greeting.zh,
        "greeting_en": site.greeting.en,
        "campus_id": site.campus,
        "origins": json.dumps(site.origins),
        "hours": json.dumps(spelled_hours(site.hours)),
        "general_group": general,
        "leave_to": site.leave_to or None,
        "notice": None if site.notice is None else json.dumps(msgspec.to_builtins(site.notice), ensure_ascii=False),
        "questions": json.dumps([asdict(each) for each in site.questions], ensure_ascii=False),
    }
    values["invitation"] = None if site.invitation is None else json.dumps(asdict(site.invitation))
    values["health_words"] = json.dumps(site.health_words, ensure_ascii=False)
    consents.keep_texts(tx, site.shown_notice.texts())
    _put(tx, sites, site.id, {**_names(site.name), **values})
    tx.conn.execute(delete(site_departments).where(site_departments.c.site_id == site.id))
    chosen = [department for department in site.departments if department != UNSURE]
    if general is not None:
        _ensure_unsure(tx, general, site.campus)
        chosen.append(UNSURE)
    offered = [
        {"site_id": site.id, "department_id": department, "position": position}
        for position, department in enumerate(chosen)
    ]
    if offered:
        tx.conn.execute(insert(site_departments), offered)


def _first_group(conn: Connection, offered: tuple[str, ...]) -> str | None:
    """The group of the first known department of these, or else any group. None when there is no group."""
    served_by = {row.id: row.group_id for row in conn.execute(select(departments))}
    found: str | None = next((served_by[each] for each in offered if each in served_by), None)
    return found if found is not None else conn.scalar(select(func.min(groups.c.id)))


def _ensure_unsure(tx: Tx, group: str, campus: str) -> None:
    """Add the department `UNSURE`, which all sites share, if it is missing. Its row needs a group like any other, but
    each site names its own general group for it."""
    values = {"id": UNSURE, **_names(UNSURE_NAME), "group_id": group, "campus_id": campus}
    tx.conn.execute(insert_or(tx.conn, departments).values(**values).on_conflict_do_nothing(index_elements=["id"]))


def _put(tx: Tx, table: Table, id: str, values: Mapping[str, str | int | bool | None]) -> None:
    row = insert_or(tx.conn, table).values(id=id, **values)
    tx.conn.execute(row.on_conflict_do_update(index_elements=["id"], set_=dict(values)))
    bump_people_version(tx)


def _names(name: Name) -> dict[str, str]:
    return {"name_zh": name.zh, "name_en": name.en}


def _name(row: Any) -> Name:
    return Name(row.name_zh, row.name_en)


def _site(row: Any, offered: tuple[str, ...]) -> Site:
    greeting = Name(row.greeting_zh, row.greeting_en)
    origins, hours = tuple(json.loads(row.origins)), _hours(row) or USUAL
    notice = None if row.notice is None else Notice(**json.loads(row.notice))
    questions = tuple(QuickQuestion(**each) for each in json.loads(row.questions))
    return Site(
        row.id,
        _name(row),
        greeting,
        row.campus_id,
        origins,
        offered,
        hours,
        row.general_group,
        row.leave_to or "",
        notice,
        questions,
        tuple(json.loads(row.health_words)),
        None if row.invitation is None else _invitation(**json.loads(row.invitation)),
    )


def _invitation(after_s: int, pages: int, referrers: list[str], departments: list[str]) -> Invitation:
    return Invitation(after_s, pages, tuple(referrers), tuple(departments))


def _hours(row: Any) -> Hours | None:
    return None if row.hours is None else read_hours(json.loads(row.hours))


def _campus(row: Any) -> Campus:
    return Campus(row.id, _name(row), row.address, row.phone, row.emergency_phone)


def _group(row: Any) -> Group:
    return Group(row.id, _name(row), Mode(row.mode), row.overflow, json.loads(row.rules), _hours(row))


def _department(row: Any) -> Department:
    words = tuple(json.loads(row.words))
    served = row.group_id, row.campus_id, row.skill, row.level
    return Department(row.id, _name(row), *served, bool(row.intimate), words, bool(row.minors))


def _own_words(row: Any) -> OwnWords:
    words, only_in, not_in = (tuple(json.loads(each)) for each in (row.words, row.only_in, row.not_in))
    return OwnWords(row.id, row.kind, row.level, words, only_in, not_in)
