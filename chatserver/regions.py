"""Which province and city an address belongs to, from a data file on this machine. Nobody is asked for it, and the
address is stored nowhere.

The file has the format of ip2region (xdb), for IPv4 or IPv6. The hospital may replace it while the server runs: give
the new one its place by renaming it. The package `ip-region` carries such a file; its code is never imported, because
it asks a service on the internet.
"""

import importlib.util
import os
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from typing import NamedTuple

import structlog

from chatserver.cannot_serve import CannotServe
from chatserver.domain.visits import Region

log = structlog.get_logger()

CHECK_EVERY = 60.0
"""Seconds between two looks at whether the file was replaced."""
CHINA = "中国"
UNKNOWN = frozenset({"", "0", "内网IP", "Reserved"})
SUFFIXES = ("省", "市", "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区")
LONGEST = 40
NEW_STRUCTURE = 3
"""From this version of the format on, the fields are country, province, city, provider, code; before, there was an
area between country and province."""


class _Opened(NamedTuple):
    """A data file: how to search and close it, whether it is for IPv6, the day of its data, and which file it is."""

    search: Callable[[bytes], str]
    close: Callable[[], None]
    is_v6: bool
    structure: int
    date: str
    mark: tuple[int, int, int]


class Regions:
    """The regions of one data file. Only the loop's thread may use it. `steady`: a monotonic clock, in seconds."""

    def __init__(self, path: Path, steady: Callable[[], float] = time.monotonic) -> None:
        """Raises `CannotServe` when the file cannot be read, or its reader is not installed."""
        self._path = path
        self._steady = steady
        try:
            self._file = _opened(path)
        except ImportError:
            raise CannotServe("CHATSERVER_REGIONS needs its reader: pip install 'chatserver[regions]'.") from None
        except Exception as why:
            raise CannotServe(
                "The data of CHATSERVER_REGIONS cannot be read: {file}: {why}.", file=path, why=_clause(why)
            ) from None
        # An application that is built and never served closes the file, too.
        self._closing = weakref.finalize(self, self._file.close)
        self._checked_at = steady()
        log.info("regions_read", file=str(path), date=self._file.date)

    @property
    def date(self) -> str:
        """The day of the data, as YYYY-MM-DD."""
        return self._file.date

    def of(self, network: str) -> Region | None:
        """The region of an address, or of the network it counts as (`domain.network`); None if it is unknown. Raises
        nothing."""
        try:
            return self._found(network)
        except Exception as failure:
            # The file may just be overwritten in its place.
            log.warning("region_not_found", why=type(failure).__name__)
            return None

    def close(self) -> None:
        """Close the file; from then on every region is unknown."""
        self._closing()

    def _found(self, network: str) -> Region | None:
        address = ip_network(network, strict=False).network_address
        if not address.is_global or isinstance(address, IPv4Address) == self._file.is_v6:
            return None
        self._take_the_newest()
        fields = self._file.search(address.packed).split("|")
        if len(fields) < 3:
            return None
        country, province, city = fields[:3] if self._file.structure >= NEW_STRUCTURE else (fields[0], *fields[2:4])
        if country in UNKNOWN:
            return None
        if country != CHINA:
            return Region(country[:LONGEST], "", self._file.date)
        if province in UNKNOWN:
            return None
        province = _short(province)
        city = "" if city in UNKNOWN else _short(city)
        return Region(province, "" if city == province else city, self._file.date)

    def _take_the_newest(self) -> None:
        """Open the file again if it was replaced. One that cannot be read is left, and the old one goes on."""
        now = self._steady()
        if now - self._checked_at < CHECK_EVERY:
            return
        self._checked_at = now
        with suppress(OSError):
            if _mark(self._path) == self._file.mark:
                return
        try:
            file = _opened(self._path)
        except Exception as failure:
            log.error("regions_not_read", file=str(self._path), why=type(failure).__name__)
            return
        self._closing()
        self._file, self._closing = file, weakref.finalize(self, file.close)
        log.info("regions_read", file=str(self._path), date=file.date)


def packaged() -> Path | None:
    """The data file of the package `ip-region`, if it is installed."""
    found = importlib.util.find_spec("ipregion")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "ip2region.xdb"
    return path if path.is_file() else None


def regions(setting: str) -> Regions | None:
    """The regions that the setting asks for: `none`, a file, or if it is empty, those of the package where both
    packages are installed. Raises `CannotServe`."""
    if setting == "none":
        return None
    if setting:
        return Regions(Path(setting))
    path = packaged()
    return Regions(path) if path is not None and importlib.util.find_spec("ip2region") is not None else None


def _opened(path: Path) -> _Opened:
    """Open a data file. Its index of half a megabyte is kept in memory; the rest is read when it is needed."""
    from ip2region import searcher, util

    mark = _mark(path)
    with path.open("rb") as handle:
        util.verify(handle)
        header, index = util.load_header(handle), util.load_vector_index(handle)
    version = util.version_from_header(header)
    if version is None or len(index) != util.VectorIndexLength:
        raise ValueError("not a file of ip2region")
    search = searcher.new_with_vector_index(version, str(path), index)
    date = datetime.fromtimestamp(header.createdAt, UTC).date().isoformat()
    return _Opened(search.search, search.close, version.id == util.XdbIPv6Id, header.version, date, mark)


def _mark(path: Path) -> tuple[int, int, int]:
    stat = os.stat(path)
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _short(name: str) -> str:
    """A name as people say it: 浙江 for 浙江省."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name[: -len(suffix)]
    return name[:LONGEST]


def _clause(why: Exception) -> str:
    return why.strerror if isinstance(why, OSError) and why.strerror else str(why)
