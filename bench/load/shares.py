"""Who used the machine during a stretch of load: the nodes, the database, the generator, and unrelated processes. If
the latter used much, figures in milliseconds are unreliable."""

import os
import time
from typing import Any

import psutil

from bench.load.deployment import Deployment
from bench.report.figures import Figure
from bench.report.meter import cpu_seconds, tree


class Shares:
    """`begin`, then `end` for the figures, each as a share of one core."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._before: dict[str, float] = {}

    def begin(self) -> None:
        self._before = self._now()

    def end(self) -> list[Figure]:
        now = self._now()
        spent = {name: now[name] - self._before[name] for name in now}
        wall = spent.pop("wall")
        others = spent.pop("all") - sum(spent.values())
        shares = {f"of a core: {name}": value for name, value in spent.items()} | {"of a core: others here": others}
        return [Figure(name, 100 * max(0.0, value) / wall, "%") for name, value in shares.items()]

    def _now(self) -> dict[str, float]:
        times: Any = psutil.cpu_times()
        running = [node for node in self._deployment.nodes if node.running]
        nodes = {f"node {number}": cpu_seconds(tree(node.pid)) for number, node in enumerate(running, 1)}
        own = os.times()
        return nodes | {
            "database": cpu_seconds(self._deployment.database_processes()),
            "generator": own.user + own.system,
            "all": times.user + times.system + times.nice + times.irq + times.softirq + times.steal,
            "wall": time.monotonic(),
        }
