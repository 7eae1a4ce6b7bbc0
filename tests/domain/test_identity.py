"""Which tokens of the hospital's own website are accepted, and that everything else is refused in the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.domain.identity import LEEWAY_MS, BadToken, Claims, claims_of
from tests.identity import HOSTILE, NAME, NUMBER, Forger, claims, part, signed

SITE, KEY, OTHERS, NOW = "main", "k" * 43, "o" * 43, 1_790_000_000
FORGER = Forger(SITE, KEY, OTHERS, NOW)


def read(token: str, *keys: str) -> Claims:
    return claims_of(token, keys or (KEY,), SITE, NOW * 1000)


def why(token: str, *keys: str) -> str:
    with pytest.raises(BadToken) as refused:
        read(token, *keys)
    return refused.value.why


def test_a_good_token_says_who_it_is() -> None:
    assert read(FORGER.good()) == Claims(NAME, NUMBER, "one", (NOW + 120) * 1000 + LEEWAY_MS)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_token_is_refused(name: str) -> None:
    assert why(HOSTILE[name](FORGER))


@pytest.mark.parametrize(
    "said",
    [
        {"exp": NOW + 300},
        {"exp": NOW + 330},
        {"exp": NOW - 29},
        {"exp": NOW + 60.5, "iat": NOW - 0.5},
        {"iat": NOW + 30},
        {"nbf": NOW + 30},
        {"sub": 7},
        {"name": "Anna-Maria  van der Berg", "number": "00 12/34"},
        {"name": "张" * 60, "number": "1" * 40, "jti": "j" * 128},
    ],
    ids=str,
)
def test_what_lies_within_the_bounds_is_accepted(said: dict[str, object]) -> None:
    assert read(FORGER.good(**said)).until


def test_a_header_decides_nothing() -> None:
    assert read(FORGER.headed(kid="../../etc/passwd", jku="http://127.0.0.1:1", x5u="http://127.0.0.1:1")).until


def test_the_key_before_the_present_one_counts_as_long_as_it_is_given() -> None:
    assert read(FORGER.good(), OTHERS, KEY).number == NUMBER
    assert why(FORGER.good(), OTHERS) == "signature"
    with pytest.raises(BadToken, match="no_key"):
        claims_of(FORGER.good(), (), SITE, NOW * 1000)


def test_blanks_in_a_name_are_one() -> None:
    assert read(FORGER.good(name="  Li \t Min\n")).name == "Li Min"


@given(st.text(max_size=300) | st.binary(max_size=200).map(part) | st.from_regex(r"[\w-]{0,40}(\.[\w-]{0,80}){2}"))
def test_garbage_is_refused_and_breaks_nothing(token: str) -> None:
    assert why(token)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["aud", "exp", "iat", "nbf", "jti", "name", "number", "sub", "iss"]), JSON))
def test_a_signed_claim_of_any_kind_is_read_or_refused(said: dict[str, object]) -> None:
    try:
        found = read(signed(KEY, claims(SITE, NOW) | said))
    except BadToken:
        return
    assert 0 < len(found.name) <= 60
    assert 0 < len(found.number) <= 40
