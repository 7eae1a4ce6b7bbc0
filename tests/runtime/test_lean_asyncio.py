"""The replacements for asyncio's Queue and Event under a socket."""

import asyncio

import pytest

from chatserver.transport.lean_asyncio import Gate, Mailbox


async def test_letters_arrive_in_order_whether_or_not_somebody_waits() -> None:
    mailbox = Mailbox()
    reading = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0)
    for letter in "abc":
        mailbox.put_nowait(letter)
    assert await reading == "a"
    assert [await mailbox.get() for _ in range(2)] == ["b", "c"]
    assert mailbox.empty()


async def test_a_cancelled_reader_takes_no_letter() -> None:
    mailbox = Mailbox()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await mailbox.get()
    mailbox.put_nowait("a")
    gone = asyncio.create_task(mailbox.get())
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert await mailbox.get() == "a"


async def test_a_letter_survives_a_reader_cancelled_at_that_moment() -> None:
    mailbox = Mailbox()
    reading = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0)
    mailbox.put_nowait("a")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert await mailbox.get() == "a"


async def test_everybody_waits_at_a_closed_gate_until_it_opens() -> None:
    gate = Gate()
    await gate.wait()
    gate.clear()
    one, other, gone = [asyncio.create_task(gate.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    assert (gate.is_set(), one.done(), other.done()) == (False, False, False)
    gate.set()
    await asyncio.gather(one, other)
    assert gate.is_set()
