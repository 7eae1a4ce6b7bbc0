"""What every part of the hub works with."""

from collections.abc import Callable
from dataclasses import dataclass

from chatserver.bus.contract import Bus
from chatserver.domain.visits import Region
from chatserver.hub.clock import Clock
from chatserver.hub.metrics import Metrics
from chatserver.hub.options import HubOptions
from chatserver.hub.records import Records
from chatserver.store.database import Database

RegionOf = Callable[[str], Region | None]


def unknown_region(_network: str) -> Region | None:
    """Without data about regions, every region is unknown."""
    return None


@dataclass(frozen=True, slots=True)
class Services:
    """Made once, when the node starts. `epoch` is the database's current epoch; `region_of`: the region of a network,
    if it is known."""

    database: Database
    bus: Bus
    records: Records
    options: HubOptions
    clock: Clock
    metrics: Metrics
    epoch: str
    region_of: RegionOf = unknown_region

    @property
    def own_names(self) -> tuple[str, ...]:
        """The hospital's own names, which no visitor may show as theirs."""
        sites = self.records.hospital.sites.values()
        return (*self.options.own_names, *(name for site in sites for name in (site.name.zh, site.name.en)))

    @property
    def now(self) -> Callable[[], int]:
        """The clock's time, in ms since 1970."""
        return self.clock.now
