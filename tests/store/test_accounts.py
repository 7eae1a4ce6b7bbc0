"""Accounts and sessions in the store."""

import pytest

from chatserver.domain.hospital import Availability, Group, Mode, Name, Role, Title
from chatserver.store import accounts, hospital, secrets
from chatserver.store.accounts import CannotAdd, Changed, NewAccount
from chatserver.store.database import Database
from chatserver.store.meta import people_version
from chatserver.store.session_ends import why_token_ended
from tests.transactions import tx_at, written

NOW = 1_795_233_600_000
HOUR = 3_600_000
DESK = Group("general", Name("综合咨询组", "General desk"), Mode.AUTOMATIC)
LI = NewAccount("limin", "$hash", "李敏", "012", Role.CONSULTANT, ("general",), 5, Title.NURSE)


@pytest.fixture
def li(database: Database) -> str:
    """李敏's id."""
    written(database, lambda conn: hospital.put_group(tx_at(conn), DESK))
    return written(database, lambda conn: accounts.add(tx_at(conn, NOW), LI))


def test_an_account_is_found_by_its_login_alone(database: Database, li: str) -> None:
    found = database.read_now(lambda conn: accounts.by_login(conn, "limin"))
    assert found is not None
    who = found.consultant
    assert (who.id, who.person.name, who.person.number, who.person.title) == (li, "李敏", "012", Title.NURSE)
    assert (who.role, who.groups, who.capacity) == (Role.CONSULTANT, ("general",), 5)
    assert who.availability is Availability.OFFLINE


@pytest.mark.parametrize("other", ["LIMIN", "limin ", "李敏", "012", ""])
def test_a_similar_login_finds_nobody(database: Database, li: str, other: str) -> None:
    assert database.read_now(lambda conn: accounts.by_login(conn, other)) is None


@pytest.mark.parametrize(
    ("login", "name", "number", "groups", "why"),
    [
        ("limin", "李明", "013", (), "The login limin is in use already."),
        ("liming", "李明", "012", (), "The staff number 012 is 李敏's already."),
        ("liming", "李明", "013", ("surgery",), "There is no group surgery; there are: general."),
        ("liming", " ", "013", (), "1 to 40 printable"),
        ("liming", "李\u202e明", "013", (), "1 to 40 printable"),
        ("liming", "李\n明", "013", (), "1 to 40 printable"),
        ("liming", "\u3164", "013", (), "1 to 40 printable"),
        ("liming", "李明", "0" * 41, (), "1 to 40 printable"),
    ],
)
def test_a_refused_addition_is_explained_and_leaves_nothing(
    database: Database, li: str, login: str, name: str, number: str, groups: tuple[str, ...], why: str
) -> None:
    new = NewAccount(login, "$hash", name, number, Role.CONSULTANT, groups, 5)
    with pytest.raises(CannotAdd, match=why.replace(".", r"\.")):
        written(database, lambda conn: accounts.add(tx_at(conn, NOW), new))
    assert len(database.read_now(accounts.everybody)) == 1


@pytest.mark.parametrize("login", ["", "a", "Limin", "li min", "-limin", "李敏", "a" * 41, "limin\n"])
def test_a_login_has_plain_characters_only(login: str) -> None:
    with pytest.raises(CannotAdd):
        accounts.checked_login(login)


@pytest.mark.parametrize(
    ("to", "kept"),
    [
        (Changed(name="李明"), ("李明", "012", Title.NURSE, Role.CONSULTANT)),
        (Changed(name="李　敏"), ("李　敏", "012", Title.NURSE, Role.CONSULTANT)),
        (Changed(number="099"), ("李敏", "099", Title.NURSE, Role.CONSULTANT)),
        (Changed(number="012"), ("李敏", "012", Title.NURSE, Role.CONSULTANT)),
        (Changed(title=Title.PHYSICIAN), ("李敏", "012", Title.PHYSICIAN, Role.CONSULTANT)),
        (Changed(role=Role.SUPERVISOR), ("李敏", "012", Title.NURSE, Role.SUPERVISOR)),
        (
            Changed("李明", "099", Title.CONSULTANT, Role.ADMINISTRATOR),
            ("李明", "099", Title.CONSULTANT, Role.ADMINISTRATOR),
        ),
    ],
)
def test_only_the_named_fields_of_an_account_change(
    database: Database, li: str, to: Changed, kept: tuple[str, str, Title, Role]
) -> None:
    before = database.read_now(people_version)
    written(database, lambda conn: accounts.change(tx_at(conn, NOW), li, to))
    found = database.read_now(lambda conn: accounts.by_login(conn, "limin"))
    assert found is not None
    who = found.consultant
    assert (who.person.name, who.person.number, who.person.title, who.role) == kept
    assert (who.groups, who.capacity, found.password) == (("general",), 5, "$hash")
    assert database.read_now(people_version) > before


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (Changed(number="015"), "The staff number 015 is 王芳's already."),
        (Changed(name=""), "1 to 40 printable"),
        (Changed(name="李\u0007明"), "1 to 40 printable"),
        (Changed(number="\u3164"), "1 to 40 printable"),
        (Changed(name="李" * 41), "1 to 40 printable"),
    ],
)
def test_a_refused_change_is_explained_and_changes_nothing(database: Database, li: str, to: Changed, why: str) -> None:
    wang = NewAccount("wangfang", "$hash", "王芳", "015", Role.CONSULTANT, (), 5)
    written(database, lambda conn: accounts.add(tx_at(conn, NOW), wang))
    before = database.read_now(accounts.everybody)
    with pytest.raises(CannotAdd, match=why.replace(".", r"\.")):
        written(database, lambda conn: accounts.change(tx_at(conn, NOW), li, to))
    assert database.read_now(accounts.everybody) == before


@pytest.mark.parametrize(
    ("to", "lives"),
    [
        (Changed(name="李明", number="099", title=Title.PHYSICIAN), True),
        (Changed(role=Role.CONSULTANT), True),
        (Changed(role=Role.SUPERVISOR), False),
        (Changed(role=Role.ADMINISTRATOR), False),
    ],
)
def test_another_role_ends_every_session_and_nothing_else_does(
    database: Database, li: str, to: Changed, lives: bool
) -> None:
    token = written(database, lambda conn: accounts.start_session(tx_at(conn, NOW), li, HOUR))
    written(database, lambda conn: accounts.change(tx_at(conn, NOW), li, to))
    assert (database.read_now(lambda conn: accounts.session(conn, token, NOW)) is not None) is lives
    why = database.read_now(lambda conn: why_token_ended(conn, token, NOW))
    assert why == (None if lives else "changed")


def test_every_change_of_people_raises_their_version(database: Database, li: str) -> None:
    versions = [database.read_now(people_version)]
    for change in (
        lambda conn: accounts.set_password(tx_at(conn, NOW), li, "$other"),
        lambda conn: accounts.disable(tx_at(conn, NOW), li),
        lambda conn: accounts.enable(tx_at(conn), li),
        lambda conn: hospital.put_group(tx_at(conn), DESK),
    ):
        written(database, change)
        versions.append(database.read_now(people_version))
    assert versions == sorted(set(versions))


def test_a_session_lives_from_its_start_to_its_end(database: Database, li: str) -> None:
    token = written(database, lambda conn: accounts.start_session(tx_at(conn, NOW), li, HOUR))
    found = database.read_now(lambda conn: accounts.session(conn, token, NOW + HOUR - 1))
    assert found is not None
    assert (found.consultant.id, found.ends_at) == (li, NOW + HOUR)
    assert found.hash == secrets.token_hash(token)
    assert database.read_now(lambda conn: accounts.session(conn, token, NOW + HOUR)) is None
    assert database.read_now(lambda conn: accounts.session(conn, token[:-1], NOW)) is None
    assert database.read_now(lambda conn: accounts.session(conn, "\ud800", NOW)) is None


def test_the_live_ones_of_many_sessions_are_found(database: Database, li: str) -> None:
    def begin(conn: object) -> list[str]:
        return [accounts.start_session(tx_at(conn, NOW), li, HOUR) for _ in range(4)]  # type: ignore[arg-type]  # a Connection

    good, revoked, _, another = tokens = written(database, begin)
    hashes = [secrets.token_hash(token) for token in tokens]
    written(database, lambda conn: accounts.revoke(tx_at(conn, NOW), revoked))
    live = database.read_now(lambda conn: accounts.live_sessions(conn, [*hashes, b"invented"], NOW))
    assert live == {hashes[0], hashes[2], hashes[3]}
    many = [*hashes, *(str(number).encode() for number in range(1_200))]
    assert database.read_now(lambda conn: accounts.live_sessions(conn, many, NOW)) == live
    assert database.read_now(lambda conn: accounts.live_sessions(conn, [], NOW)) == set()
    assert database.read_now(lambda conn: accounts.live_sessions(conn, hashes, NOW + HOUR)) == set()
    written(database, lambda conn: accounts.disable(tx_at(conn, NOW), li))
    assert database.read_now(lambda conn: accounts.live_sessions(conn, hashes, NOW)) == set()
    assert good != another


def test_a_session_ended_by_disabling_does_not_come_back(database: Database, li: str) -> None:
    token = written(database, lambda conn: accounts.start_session(tx_at(conn, NOW), li, HOUR))
    written(database, lambda conn: accounts.disable(tx_at(conn, NOW), li))
    written(database, lambda conn: accounts.enable(tx_at(conn), li))
    assert database.read_now(lambda conn: accounts.session(conn, token, NOW)) is None


def test_an_address_is_hashed_under_the_server_s_own_key() -> None:
    assert secrets.address_hash(b"key", "192.0.2.1") != secrets.address_hash(b"other", "192.0.2.1")
    assert secrets.address_hash(b"key", "192.0.2.1") == secrets.address_hash(b"key", "192.0.2.1")
