"""The address of a PostgreSQL database: as people write it, as SQLAlchemy and libpq need it, and as it may be shown.

Several hosts are written as in libpq (`postgresql://user@one:5432,two:5432/chat`) or in the query
(`?host=one:5432&host=two:5432`). Connections go to the primary, unless the address asks for something else.
"""

import re
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+psycopg"
SEVERAL = re.compile(r"(\w+://(?:[^@?]*@)?)([^/?@]*,[^/?@]*)((?:[/?].*)?)", re.DOTALL)
PRIMARY = {"target_session_attrs": "primary"}
"""Never a standby, which may show old data. A primary that refuses writes is still used, and reports why."""

SECRETS = ("password", "sslpassword")


def parsed(address: str) -> URL:
    """Parse an address. Raises `ArgumentError` or `ValueError`."""
    several = SEVERAL.fullmatch(address)
    url = make_url(f"{several[1]}{several[3]}" if several else address).set(drivername=DRIVER)
    if several:
        if "host" in url.query or "port" in url.query:
            raise ArgumentError("hosts before the path and in the query")
        hosts, ports = zip(*(_parted(each) for each in several[2].split(",")), strict=True)
        url = url.update_query_dict({"host": ",".join(hosts), "port": ",".join(ports)})
    return url.set(query=PRIMARY | dict(url.query))


def shown(url: URL) -> str:
    """For people: all hosts, without the password and the query."""
    known = arguments(url)
    hosts, ports = str(known.get("host", "")).split(","), str(known.get("port", "")).split(",")
    if len(hosts) == 1:
        return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
    several = (f"{host}:{port}" if port else host for host, port in zip_longest(hosts, ports, fillvalue=""))
    user = quote(url.username, safe="") + (":***" if url.password else "") + "@" if url.username else ""
    return f"postgresql://{user}{','.join(several)}/{quote(url.database or '', safe='')}"


def arguments(url: URL) -> dict[str, Any]:
    """libpq's parameters: `host`, `port`, `user`, `dbname` and whatever else the address names."""
    _, named = url.get_dialect()().create_connect_args(url)
    return dict(named)


def connection_string(url: URL) -> str:
    """For a command line, which every user of the machine can read: without the secrets."""
    parts = (f"{name}={_quoted(str(each))}" for name, each in arguments(url).items() if name not in SECRETS)
    return " ".join(parts)


def _parted(host: str) -> tuple[str, str]:
    """Host and port of `name:port`, `name` or `[::1]:port`. Raises `ValueError`."""
    found = re.fullmatch(r"(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?", host)
    if found is None:
        raise ValueError(host)
    return found[1] or found[2] or "", found[3] or ""


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
