"""What a node knows of the others: right as soon as it was read, whatever was lost, doubled or late before."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.bus.codec import Came, Moved
from chatserver.bus.peers import Lease, Peers
from chatserver.bus.publish_queue import OwnConnections

LI, WANG = Came("s-1", "li", 10), Came("s-2", "wang", 20)


def read(peers: Peers, version: int, *people: Came, sure: bool = True) -> set[str]:
    return peers.was_read("there", Lease(version, healthy=True), people, sure=sure)


def test_what_was_read_and_received_is_known() -> None:
    peers = Peers()
    assert read(peers, 3, LI) == {"li"}
    assert peers.moved("there", Moved(4, (WANG,), ("s-1",))) == {"li", "wang"}
    assert (list(peers.elsewhere("li")), list(peers.elsewhere("wang"))) == ([], [20])
    assert not peers.lacks("there", Lease(4, healthy=True))


def test_a_gap_is_noticed_and_closed_by_reading() -> None:
    peers = Peers()
    read(peers, 3)
    assert peers.moved("there", Moved(5, (WANG,), ())) == {"wang"}
    assert not peers.is_complete("there")
    assert peers.lacks("there", Lease(5, healthy=True))
    assert read(peers, 5, LI, WANG) == {"li"}
    assert peers.is_complete("there")


def test_changes_received_after_reading_the_lease_need_no_new_reading() -> None:
    peers = Peers()
    read(peers, 3)
    peers.moved("there", Moved(4, (LI,), ()))
    assert not peers.lacks("there", Lease(3, healthy=True))


def test_what_is_older_than_what_is_known_changes_nothing() -> None:
    peers = Peers()
    read(peers, 5, LI)
    assert peers.moved("there", Moved(4, (WANG,), ("s-1",))) == set()
    assert read(peers, 4, WANG) == set()
    assert list(peers.elsewhere("li")) == [10]


def test_a_reading_older_than_a_received_change_is_ignored() -> None:
    peers = Peers()
    peers.moved("there", Moved(6, (WANG,), ()))
    assert read(peers, 5, LI) == set()
    assert peers.lacks("there", Lease(6, healthy=True))
    assert list(peers.elsewhere("wang")) == [20]


def test_an_uncertain_reading_removes_nobody() -> None:
    peers = Peers()
    read(peers, 3, LI)
    assert read(peers, 4, WANG, sure=False) == {"wang"}
    assert list(peers.elsewhere("li")) == [10]
    assert peers.was_read("there", Lease(5, healthy=True), None, sure=True) == set()
    assert peers.lacks("there", Lease(5, healthy=True))
    assert read(peers, 5, WANG) == {"li"}


def test_a_node_that_is_gone_takes_its_people_along_and_no_others() -> None:
    peers = Peers()
    read(peers, 3, LI, WANG)
    peers.was_read("beyond", Lease(1, healthy=False), [Came("s-9", "li", 90)], sure=True)
    assert peers.healthy == 1
    assert peers.gone("there") == {"li", "wang"}
    assert (list(peers.elsewhere("li")), list(peers.elsewhere("wang"))) == ([90], [])
    assert peers.gone("there") == set()
    assert peers.names == ["beyond"]


PEOPLE = ("li", "wang")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("came"), st.sampled_from(PEOPLE), st.integers(0, 3)),
        st.tuples(st.just("left"), st.sampled_from(PEOPLE), st.integers(0, 3)),
        st.tuples(st.sampled_from(["heard", "lost", "doubled", "read", "read unsurely"]), st.just(""), st.just(0)),
    ),
    max_size=40,
)


@given(STEPS)
def test_whatever_was_lost_a_reading_is_right_and_reports_every_change(
    steps: list[tuple[str, str, int]],
) -> None:
    own, peers = OwnConnections(), Peers()
    own.take_all()
    truth: dict[str, Came] = {}
    seen = {person: list(peers.elsewhere(person)) for person in PEOPLE}
    last: Moved | None = None
    for since, (what, person, n) in enumerate([*steps, ("heard", "", 0), ("read", "", 0)]):
        connection = f"{person}-{n}"
        changed: set[str] = set()
        match what:
            case "came":
                own.came(person, connection, since)
                truth[connection] = Came(connection, person, since)
            case "left":
                own.left(person, connection)
                truth.pop(connection, None)
            case "heard" | "lost":
                last = own.take()
                if what == "heard" and last is not None:
                    changed = peers.moved("there", last)
            case "doubled":
                changed = peers.moved("there", last) if last is not None else set()
            case _:
                # The server has the latest change.
                last = own.take()
                changed = read(peers, own.version, *truth.values(), sure=what == "read")
        now = {person: list(peers.elsewhere(person)) for person in PEOPLE}
        assert {person for person in PEOPLE if sorted(now[person]) != sorted(seen[person])} <= changed
        seen = now
    for person in PEOPLE:
        expected = sorted(came.since for came in truth.values() if came.person == person)
        assert sorted(peers.elsewhere(person)) == expected
