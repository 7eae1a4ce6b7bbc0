"""What every bus does, tested on each of them."""

from chatserver.bus.contract import Doorbell, DraftBell, SeenBell, SettingBell, StaffBell, TypingBell
from tests.bus.conftest import Join
from tests.bus.nodes import eventually, new_world

DOORBELL = Doorbell("c-1", 7, 5, 4)


async def test_a_bell_is_heard_by_all_others_and_not_by_its_sender(join: Join) -> None:
    ringing, second, third = await join(), await join(), await join()
    ringing.bus.ring(DOORBELL)
    await eventually(lambda: second.ear.bells == third.ear.bells == [DOORBELL])
    second.bus.ring(StaffBell("li", 2))
    await eventually(lambda: ringing.ear.bells == [StaffBell("li", 2)])


async def test_bells_are_heard_in_order(join: Join) -> None:
    ringing, hearing = await join(), await join()
    rung = [
        bell
        for n in range(50)
        for bell in (
            Doorbell("c-1", n, n, n),
            StaffBell("li", n),
            SettingBell("sign_in_policy", n),
            TypingBell("c-1", n % 2 == 0, n % 3 == 0),
            DraftBell("li", "c-1", "note" if n % 2 else "reply"),
            SeenBell("li", "c-1", n),
        )
    ]
    for bell in rung:
        ringing.bus.ring(bell)
    await eventually(lambda: len(hearing.ear.bells) == len(rung))
    assert hearing.ear.bells == rung


async def test_the_first_node_learns_that_it_is_the_first(join: Join) -> None:
    first, second, other = await join(), await join(), await join(new_world())
    assert (first.was_first, second.was_first, other.was_first) == (True, False, True)
    await first.bus.stop()
    assert not (await join()).was_first
    await other.bus.stop()


async def test_after_all_have_left_the_next_node_is_first_again(join: Join) -> None:
    nodes = [await join(), await join()]
    for node in nodes:
        await node.bus.stop()
    assert (await join()).was_first


async def test_worlds_do_not_hear_each_other(join: Join) -> None:
    other = new_world()
    here, beside = await join(), await join()
    there, beyond = await join(other), await join(other)
    there.bus.ring(DOORBELL)
    there.bus.came("li", "s-1", 10)
    here.bus.ring(StaffBell("wang", 1))
    here.bus.came("wang", "s-2", 20)
    await eventually(lambda: beyond.ear.bells and beyond.bus.elsewhere("li"))
    await eventually(lambda: beside.ear.bells and beside.bus.elsewhere("wang"))
    assert (beside.ear.bells, beyond.ear.bells) == ([StaffBell("wang", 1)], [DOORBELL])
    assert here.ear.bells == there.ear.bells == []
    assert list(beside.bus.elsewhere("li")) == list(beyond.bus.elsewhere("wang")) == []
    await eventually(lambda: [node.bus.peers for node in (here, beside, there, beyond)] == [1, 1, 1, 1])


async def test_a_person_is_where_their_connections_are(join: Join) -> None:
    one, two, three = await join(), await join(), await join()
    one.bus.came("li", "s-1", 10)
    one.bus.came("li", "s-2", 20)
    two.bus.came("li", "s-3", 30)
    await eventually(lambda: sorted(three.bus.elsewhere("li")) == [10, 20, 30])
    await eventually(lambda: list(one.bus.elsewhere("li")) == [30])
    await eventually(lambda: sorted(two.bus.elsewhere("li")) == [10, 20])
    assert list(three.bus.elsewhere("wang")) == []
    one.bus.left("li", "s-1")
    await eventually(lambda: sorted(three.bus.elsewhere("li")) == [20, 30])
    one.bus.left("li", "s-2")
    two.bus.left("li", "s-3")
    await eventually(lambda: list(three.bus.elsewhere("li")) == [])


async def test_the_others_are_told_who_comes_and_goes(join: Join) -> None:
    here, there = await join(), await join()
    here.bus.came("li", "s-1", 10)
    await eventually(lambda: "li" in there.ear.people)
    assert list(there.bus.elsewhere("li")) == [10]
    there.ear.changes.clear()
    here.bus.left("li", "s-1")
    await eventually(lambda: "li" in there.ear.people)
    assert list(there.bus.elsewhere("li")) == []
    assert here.ear.people == set()


async def test_a_connection_that_is_not_known_cannot_leave(join: Join) -> None:
    here, there = await join(), await join()
    here.bus.came("li", "s-1", 10)
    here.bus.left("li", "s-9")
    here.bus.left("wang", "s-1")
    here.bus.came("last", "s-2", 20)
    await eventually(lambda: there.bus.elsewhere("last"))
    assert list(there.bus.elsewhere("li")) == [10]


async def test_a_late_node_learns_who_is_there(join: Join) -> None:
    early = await join()
    early.bus.came("li", "s-1", 10)
    late = await join()
    await eventually(lambda: list(late.bus.elsewhere("li")) == [10])


async def test_a_stopping_node_takes_its_people_along(join: Join) -> None:
    stays, goes = await join(), await join()
    goes.bus.came("li", "s-1", 10)
    await eventually(lambda: stays.bus.elsewhere("li"))
    stays.ear.changes.clear()
    await goes.bus.stop()
    await eventually(lambda: not stays.bus.elsewhere("li"))
    assert "li" in stays.ear.people
    await eventually(lambda: stays.bus.peers == 0)


async def test_what_was_rung_before_the_stop_is_heard(join: Join) -> None:
    stays, goes = await join(), await join()
    goes.bus.ring(DOORBELL)
    await goes.bus.stop()
    await eventually(lambda: stays.ear.bells == [DOORBELL])


async def test_exactly_one_node_runs_the_timers_and_hands_them_on(join: Join) -> None:
    nodes = [await join(), await join(), await join()]
    assert [node.bus.works_timers for node in nodes].count(True) == 1
    [holder] = [node for node in nodes if node.bus.works_timers]
    others = [node for node in nodes if node is not holder]
    await holder.bus.stop()
    await eventually(lambda: [node.bus.works_timers for node in others].count(True) == 1)


async def test_a_node_that_cannot_serve_leaves_the_timers_to_one_that_can(join: Join) -> None:
    nodes = [await join(), await join()]
    [holder], [other] = ([node for node in nodes if node.bus.works_timers is holds] for holds in (True, False))
    holder.bus.say_healthy(False)
    await eventually(lambda: other.bus.works_timers and not holder.bus.works_timers)
    holder.bus.say_healthy(True)
    await eventually(lambda: other.bus.peers == 1 and [node.bus.works_timers for node in nodes].count(True) == 1)


async def test_healthy_peers_are_counted(join: Join) -> None:
    one, two, three = await join(), await join(), await join()
    await eventually(lambda: [node.bus.peers for node in (one, two, three)] == [2, 2, 2])
    two.bus.say_healthy(False)
    await eventually(lambda: [node.bus.peers for node in (one, two, three)] == [1, 2, 1])
    two.bus.say_healthy(True)
    await eventually(lambda: one.bus.peers == 2)


async def test_absences_are_trusted_in_the_end(join: Join) -> None:
    one, two = await join(), await join()
    await eventually(lambda: one.bus.trusted and two.bus.trusted)
    assert one.bus.up
    assert one.bus.shared
