"""An origin is a scheme, a host and a port, in the spelling of browsers; anything with more in it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.domain.origin import BadOrigin, is_loopback, is_origin, read

GOOD = (
    "https://www.hospital.example",
    "https://hospital",
    "https://www.hospital.example:8443",
    "http://127.0.0.1:8001",
    "http://localhost:1",
    "https://[::1]:65535",
    "https://10.0.0.7",
    "https://xn--fiqs8s.xn--fiqs8s",
)
BAD = (
    "",
    "*",
    "null",
    "'self'",
    "hospital.example",
    "https://",
    "https://*",
    "https://*.hospital.example",
    "https://a.example/",
    "https://a.example/chat",
    "https://a.example?x",
    "https://a.example#x",
    "https://u@a.example",
    "https://u:p@a.example",
    "https://a.example;script-src *",
    "https://a.example; frame-src *",
    "https://a.example,https://b.example",
    "https://a.example https://b.example",
    "https://a.example\thttps://b.example",
    "https://a.example\n",
    "https://a.example\r\nX: y",
    "https://a\x00.example",
    "https://a.exa\u200bmple",
    "https://a.example:0",
    "https://a.example:99999",
    "https://a.example:65536",
    "https://a.example:080",
    "https://a.example:+80",
    "https://a.example:８０",
    "https://a.example:",
    "https://a..example",
    "https://.example",
    "https://a.example.",
    "https://-a.example",
    "https://a_b.example",
    "https://a'b.example",
    f"https://{'a' * 64}.example",
    "https://" + ".".join(["a" * 60] * 5),
    "https://1.2.3",
    "https://1.2.3.256",
    "https://[::1",
    "https://[:::1]",
    "https://[1.2.3.4]",
    "ws://a.example",
    "data:text/html,x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//a.example",
)


@pytest.mark.parametrize("told", GOOD)
def test_an_origin_is_kept_as_it_is(told: str) -> None:
    assert is_origin(told)
    assert str(read(told)) == told


@pytest.mark.parametrize("told", BAD)
def test_what_is_none_is_refused(told: str) -> None:
    assert not is_origin(told)
    with pytest.raises(BadOrigin):
        read(told)


@pytest.mark.parametrize(
    ("told", "spelled"),
    [
        ("HTTPS://WWW.Hospital.Example", "https://www.hospital.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("https://中国.中国", "https://xn--fiqs8s.xn--fiqs8s"),
        ("https://[0:0:0:0:0:0:0:1]", "https://[::1]"),
    ],
)
def test_another_spelling_is_read_and_is_not_the_browsers(told: str, spelled: str) -> None:
    assert str(read(told)) == spelled
    assert not is_origin(told)


@given(st.text(alphabet="aA0.:/@[]*;,'\t\n %\u3002\uff0e-中x", max_size=12))
def test_nothing_that_is_read_holds_a_character_of_a_policy(rest: str) -> None:
    try:
        told = str(read(f"https://{rest}"))
    except BadOrigin:
        return
    assert is_origin(told)
    assert set(told.removeprefix("https://")) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-:[]")


def test_this_machine_is_known_by_all_its_names() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "localhost", "chat.localhost", "::1", "[::1]")))
    assert not any(map(is_loopback, ("127.example", "localhost.example", "10.0.0.1", "", "0.0.0.0")))
