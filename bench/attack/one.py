"""One kind of attack: the same talk without it and under it, and what remains of it afterwards."""

import asyncio
import time
from dataclasses import dataclass, field

import psutil

from bench.attack.attackers import Done
from bench.attack.kinds import Kind
from bench.attack.newcomers import Newcomers
from bench.attack.stage import Size, Stage, stage
from bench.load.deployment import metric_value
from bench.load.score import percentile
from bench.report.figures import Figure, Finding

TIMES, NEWCOMER_WITHIN = 3.0, 2.0
MORE_MEMORY, MEMORY_LEFT, BACK_WITHIN = 150.0, 50.0, 30.0
"""MB above the level before: the maximum, and what may remain half a minute later."""
SHARE = 0.5
"""The share of their core that attackers may use: with more, honest clients wait for the attackers, not the server."""
WARM_UP = 3.0
MB = 2**20


@dataclass
class Stretch:
    """The honest clients during one stretch. `took`: seconds of each acknowledgement; `wrong`: sentences about what
    must not happen."""

    took: list[float]
    newcomers: list[float]
    wrong: list[str] = field(default_factory=list)
    held_back: int = 0


@dataclass
class Memory:
    """Of the server's process, sampled twice a second; MB."""

    process: psutil.Process
    most: float = 0.0

    def now(self) -> float:
        return float(self.process.memory_info().rss) / MB

    async def watch(self) -> None:
        while True:
            self.most = max(self.most, self.now())
            await asyncio.sleep(0.5)


async def run(kind: Kind, size: Size) -> Finding:
    """Run it against a server of its own."""
    async with stage(size) as here:
        await here.people.talk(size.messages_a_second, WARM_UP)
        await here.people.quiet()
        finding = await compared(here, kind)
        lost = here.score.lost(here.deployment.where)
    return Finding(finding.number, finding.what, finding.figures, [*filter(None, [lost]), *finding.wrong])


async def compared(here: Stage, kind: Kind) -> Finding:
    """Measure without the attack, under it, and after it."""
    usual = await stretch(here, kind)
    memory = Memory(here.server)
    before, lag_before = memory.now(), await lag(here)
    watching = asyncio.create_task(memory.watch())
    done, under = await beside(here, kind)
    watching.cancel()
    lag_under = await lag(here)
    left = await until_back(memory, before + MEMORY_LEFT) - before
    p50, p50_usual = percentile(under.took, 0.5), percentile(usual.took, 0.5)
    figures = (
        Figure("honest messages accepted meanwhile", len(under.took)),
        Figure("accepted, p50, without the attack", p50_usual * 1000, "ms"),
        Figure("accepted, p50", p50 * 1000, "ms"),
        Figure("accepted, p50, times as long as without", p50 / p50_usual if p50_usual else 0.0, "", TIMES),
        Figure("accepted, p99", percentile(under.took, 0.99) * 1000, "ms"),
        Figure("held back, because too much was unanswered", under.held_back),
        Figure("a new socket is served after, at most", max(under.newcomers, default=0.0), "s", NEWCOMER_WITHIN),
        Figure("event loop stood still, at most, without the attack", lag_before * 1000, "ms"),
        Figure("event loop stood still, at most", lag_under * 1000, "ms"),
        Figure("more memory, at most", memory.most - before, "MB", MORE_MEMORY),
        Figure("more memory, afterwards", left, "MB", MEMORY_LEFT),
        *attack_figures(here, done),
    )
    wrong = [*usual.wrong, *under.wrong, *here.score.faults]
    if done.share > SHARE:
        wrong.append(f"void: the attackers took {done.share:.0%} of their core, and the honest waited for them")
    if not done.ready:
        wrong.append("void: no attacker came so far that it could attack")
    return Finding(kind.name, f"{kind.what}; {rates(kind)}", figures, wrong)


async def beside(here: Stage, kind: Kind) -> tuple[Done, Stretch]:
    """What the attackers did, and how the honest clients fared meanwhile."""
    attacking = asyncio.create_task(here.attacked(kind))
    under = await stretch(here, kind)
    return await attacking, under


async def stretch(here: Stage, kind: Kind) -> Stretch:
    """They talk, newcomers connect, and somebody signs in if sign-in is what is attacked."""
    score, seconds = here.score, here.size.seconds
    score.fresh()
    newcomers = Newcomers(here.port, here.newcomers)
    here.signing_in.wrong.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(here.people.talk(here.size.messages_a_second, seconds))
        group.create_task(newcomers.come(seconds))
        if kind.signs_in:
            group.create_task(here.signing_in.again(seconds))
    await here.people.quiet()
    wrong = [*newcomers.wrong, *here.signing_in.wrong]
    wrong += [f"honest people were refused with {code}, {times} times" for code, times in score.refusals.items()]
    wrong += [f"honest people were cut with {code}, {times} times" for code, times in score.ends.items()]
    return Stretch(score.took, newcomers.took, wrong, score.held_back)


async def lag(here: Stage) -> float:
    """The longest time in the last half minute in which the event loop was blocked."""
    return await asyncio.to_thread(metric_value, here.deployment.nodes[0], "chat_event_loop_stall_seconds")


async def until_back(memory: Memory, bound: float) -> float:
    """The memory once it is at most `bound`, or half a minute later."""
    end = time.monotonic() + BACK_WITHIN
    while (now := memory.now()) > bound and time.monotonic() < end:  # noqa: ASYNC110 memory can only be polled
        await asyncio.sleep(0.5)
    return now


def rates(kind: Kind) -> str:
    """The rates as text."""
    said = f", {kind.says_per_s:g} times a second something sent" if kind.says else ""
    return f"{kind.opens_per_s:g} opened a second{said}, from {'8 addresses' if kind.wide else 'one address'}"


def attack_figures(here: Stage, done: Done) -> list[Figure]:
    """What the attackers did."""
    answers = [Figure(f"attackers' requests answered with {status}", times) for status, times in done.answers.items()]
    return [
        Figure("attackers' sockets opened", done.opened),
        Figure("of these, came so far that they attack", done.ready),
        Figure("at the same time, at most", done.most),
        Figure("attackers' connections not made", done.failed),
        Figure("ended, by the server or after their turn", done.ended),
        Figure("turns taken", done.turns),
        Figure("turns passed over, as nothing was taken", done.held),
        Figure("sent", done.sent / here.size.seconds / MB, "MB/s"),
        Figure("attackers' share of their core", 100 * done.share, "%", 100 * SHARE),
        *answers,
    ]
