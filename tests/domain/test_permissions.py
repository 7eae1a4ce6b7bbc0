"""Role × action: what the table must say, whatever else changes."""

import pytest

from chatserver.domain.hospital import ANSWERING, AT_CONSOLE, Role
from chatserver.domain.permissions import TABLE, Decision, Permission, Reach, allowed, require
from chatserver.domain.refusals import Forbidden


def test_every_cell_is_filled() -> None:
    assert set(TABLE) == set(Permission), "domain/permissions.py: TABLE needs one row for each permission"
    for action in Permission:
        assert set(TABLE[action]) == set(Role)


def test_an_administrator_reads_and_writes_no_chat() -> None:
    may = {action for action in Permission if allowed(Role.ADMINISTRATOR, action).allowed}
    about_the_system = {Permission.SEE_ACCOUNT_COMMANDS, Permission.END_LOCKS, Permission.CHANGE_SETTINGS}
    assert may == about_the_system | {Permission.SEE_VISITS}


def test_only_supervisors_and_administrators_see_how_many_visitors_come() -> None:
    assert {role for role in Role if allowed(role, Permission.SEE_VISITS).allowed} == {
        Role.SUPERVISOR,
        Role.ADMINISTRATOR,
    }


def test_only_supervisors_read_transcripts_and_only_of_their_groups() -> None:
    assert allowed(Role.SUPERVISOR, Permission.READ_TRANSCRIPTS) == Decision(True, "own_groups")
    for role in set(Role) - {Role.SUPERVISOR}:
        assert allowed(role, Permission.READ_TRANSCRIPTS) == Decision(False, "not_for_this_role")


def test_an_auditor_reads_the_audit_log_and_nothing_else_and_nobody_else_reads_it() -> None:
    assert {action for action in Permission if allowed(Role.AUDITOR, action).allowed} == {Permission.READ_AUDIT}
    assert {role for role in Role if allowed(role, Permission.READ_AUDIT).allowed} == {Role.AUDITOR}


def test_a_group_leader_is_a_consultant_who_also_ends_the_locks_of_the_groups() -> None:
    more = {action for action in Permission if TABLE[action][Role.GROUP_LEADER] is not TABLE[action][Role.CONSULTANT]}
    assert more == {Permission.END_LOCKS}
    assert TABLE[Permission.END_LOCKS][Role.GROUP_LEADER] is Reach.GROUPS


def test_the_roles_of_the_console_are_those_that_may_open_it() -> None:
    assert {role for role in Role if allowed(role, Permission.OPEN_CONSOLE).allowed} == AT_CONSOLE
    assert ANSWERING < AT_CONSOLE


def test_nobody_replies_in_a_conversation_of_somebody_else() -> None:
    for role in Role:
        assert TABLE[Permission.REPLY][role] in (Reach.HELD, Reach.NONE)


@pytest.mark.parametrize("role", AT_CONSOLE)
def test_nothing_about_conversations_reaches_beyond_the_groups(role: Role) -> None:
    about_conversations = set(Permission) - {Permission.SEE_VISITS}
    assert Reach.EVERYTHING not in {TABLE[action][role] for action in about_conversations}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Permission)
def test_what_is_required_is_refused_exactly_where_it_is_not_allowed(role: Role, action: Permission) -> None:
    answer = allowed(role, action)
    if answer.allowed:
        require(role, action)
    else:
        with pytest.raises(Forbidden) as refusal:
            require(role, action)
        assert refusal.value.details == {"rule": answer.rule}
