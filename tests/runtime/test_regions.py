"""地区: province and city of an address, from a file on this machine that the hospital can replace."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chatserver.cannot_serve import CannotServe
from chatserver.domain.network import network_of
from chatserver.domain.visits import Region
from chatserver.regions import CHECK_EVERY, Regions, packaged, regions

DATE = "2024-02-28"
Opens = Callable[..., Regions]


@pytest.fixture
def opens(request: pytest.FixtureRequest) -> Opens:
    """Opens data files, which are closed at the end."""

    def opened(path: Path, steady: Callable[[], float] = lambda: 0.0) -> Regions:
        known = Regions(path, steady)
        request.addfinalizer(known.close)
        return known

    return opened


def data() -> Path:
    path = packaged()
    assert path is not None
    return path


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("115.236.1.1", Region("浙江", "杭州", DATE)),
        ("220.181.38.148", Region("北京", "", DATE)),
        ("203.198.7.66", Region("香港", "", DATE)),
        ("168.95.1.1", Region("台湾", "", DATE)),
        ("8.8.8.8", Region("美国", "", DATE)),
        ("::ffff:115.236.1.1", Region("浙江", "杭州", DATE)),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("192.168.0.1", None),
        ("169.254.1.1", None),
        ("100.64.0.1", None),
        ("240.0.0.1", None),
        ("::1", None),
        ("fe80::1", None),
        ("2001:4860:4860::8888", None),
        ("", None),
        ("unix:", None),
        ("not an address", None),
    ],
)
def test_the_region_of_an_address(address: str, found: Region | None, opens: Opens) -> None:
    assert opens(data()).of(network_of(address)) == found


def test_a_file_that_is_replaced_is_taken_while_the_server_runs(opens: Opens, tmp_path: Path) -> None:
    now = [0.0]
    path, other = tmp_path / "regions.xdb", tmp_path / "new.xdb"
    shutil.copy(data(), path)
    known = opens(path, lambda: now[0])
    newer = bytearray(data().read_bytes())
    newer[4:8] = (1_790_000_000).to_bytes(4, "little")
    other.write_bytes(newer)
    other.replace(path)
    assert known.of("115.236.1.1") == Region("浙江", "杭州", DATE), "it is looked for once a minute"
    now[0] += CHECK_EVERY
    assert known.of("115.236.1.1") == Region("浙江", "杭州", "2026-09-21")
    assert known.date == "2026-09-21"


@pytest.mark.parametrize("content", [b"", b"not a data file", bytes(700_000)])
def test_a_broken_file_stops_the_start_and_never_a_running_server(opens: Opens, tmp_path: Path, content: bytes) -> None:
    now = [0.0]
    path, broken = tmp_path / "regions.xdb", tmp_path / "broken.xdb"
    broken.write_bytes(content)
    with pytest.raises(CannotServe):
        Regions(broken)
    shutil.copy(data(), path)
    known = opens(path, lambda: now[0])
    broken.replace(path)
    now[0] += CHECK_EVERY
    assert known.of("115.236.1.1") == Region("浙江", "杭州", DATE)
    path.unlink()
    now[0] += CHECK_EVERY
    assert known.of("115.236.1.1") == Region("浙江", "杭州", DATE)


def test_a_file_that_is_cut_while_it_is_read_is_unknown(opens: Opens, tmp_path: Path) -> None:
    path = tmp_path / "regions.xdb"
    shutil.copy(data(), path)
    known = opens(path, lambda: 0.0)
    with path.open("r+b") as file:
        file.truncate(600_000)
    assert known.of("115.236.1.1") is None


def test_the_setting() -> None:
    assert regions("none") is None
    known = regions("")
    assert known is not None
    assert known.date == DATE
    known.close()
    assert known.of("115.236.1.1") is None
    with pytest.raises(CannotServe) as caught:
        regions("/nowhere/regions.xdb")
    assert "/nowhere/regions.xdb" in str(caught.value)
