"""`/v1/staff/settings/{name}`: who may read and change a setting, and what the answers look like."""

from http import HTTPStatus

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from chatserver.web.versioned_settings import BURST

from .application import HERE, NOON, Doors

PATH = "/v1/staff/settings/sign_in_policy"
USUAL = {"lock_after": 5, "lock_minutes": 15}


def put(browser: TestClient, version: int, path: str = PATH, **value: object) -> Response:
    return browser.put(path, json={"version": version, "value": value}, headers={"Origin": HERE})


def error_of(answer: Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["error"]["code"])


def test_an_administrator_changes_a_setting_and_reads_every_version(here: Doors) -> None:
    admin = here.signed_in("admin")
    defaults = {"name": "sign_in_policy", "version": 0, "value": USUAL, "at": 0, "actor": ""}
    assert admin.get(PATH).json() == defaults
    made = put(admin, 0, lock_after=3)
    assert made.status_code == HTTPStatus.OK
    assert made.headers["Cache-Control"] == "no-store"
    strict = {**defaults, "version": 1, "value": {**USUAL, "lock_after": 3}, "at": NOON}
    assert made.json() == {**strict, "actor": here.person("001").id} == admin.get(PATH).json()
    assert put(admin, 1, lock_minutes=30).json()["value"] == {**USUAL, "lock_minutes": 30}
    assert [admin.get(f"{PATH}?version={each}").json()["value"]["lock_after"] for each in (0, 1, 2)] == [5, 3, 5]


def test_a_change_of_what_somebody_else_has_changed_is_refused_with_what_holds(here: Doors) -> None:
    admin = here.signed_in("admin")
    held = put(admin, 0, lock_after=3).json()
    refused = put(admin, 0, lock_after=10)
    assert error_of(refused) == (HTTPStatus.CONFLICT, "setting_changed")
    assert refused.json()["current"] == held == admin.get(PATH).json()


def test_nobody_fills_the_store_with_versions(here: Doors) -> None:
    """Neither versions nor their audit rows are ever deleted."""
    admin = here.signed_in("admin")
    made = [put(admin, number, lock_after=3 + number % 2).status_code for number in range(BURST)]
    assert made == [HTTPStatus.OK] * BURST
    refused = put(admin, BURST, lock_after=5)
    assert error_of(refused) == (HTTPStatus.TOO_MANY_REQUESTS, "rate_limited")
    assert error_of(admin.get(PATH)) == (HTTPStatus.TOO_MANY_REQUESTS, "rate_limited")


def test_the_policy_holds_for_the_next_sign_in(here: Doors) -> None:
    put(here.signed_in("admin"), 0, lock_after=3)
    for _ in range(3):
        assert here.sign_in("wangfang", "wrong password").status_code == HTTPStatus.FORBIDDEN
    assert here.sign_in("wangfang").status_code == HTTPStatus.TOO_MANY_REQUESTS


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"lock_after": 2}, "Expected `int` >= 3 - at `$.lock_after`"),
        ({"lock_minutes": 31}, "Expected `int` <= 30 - at `$.lock_minutes`"),
        ({"lock_after": "5"}, "Expected `int`, got `str` - at `$.lock_after`"),
        ({"lock": 5}, "unknown field 'lock'; there are lock_after, lock_minutes"),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_the_name_of_its_field(
    here: Doors, value: dict[str, object], why: str
) -> None:
    admin = here.signed_in("admin")
    refused = put(admin, 0, PATH, **value)
    assert error_of(refused) == (HTTPStatus.BAD_REQUEST, "bad_frame")
    assert refused.json()["error"]["details"] == {"why": why}
    assert admin.get(PATH).json()["version"] == 0


def test_an_unknown_setting_or_version_does_not_exist(here: Doors) -> None:
    admin = here.signed_in("admin")
    unknown = "/v1/staff/settings/nothing"
    assert error_of(admin.get(unknown)) == error_of(put(admin, 0, unknown)) == (HTTPStatus.NOT_FOUND, "not_found")
    assert error_of(admin.get(f"{PATH}?version=1")) == (HTTPStatus.NOT_FOUND, "not_found")
    for version in ("-1", "x", "１", "9" * 30):
        assert error_of(admin.get(f"{PATH}?version={version}")) == (HTTPStatus.BAD_REQUEST, "bad_frame")


@pytest.mark.parametrize("login", ["limin", "chenjing"])
def test_nobody_but_an_administrator_reads_or_changes_one(here: Doors, login: str) -> None:
    browser = here.signed_in(login)
    assert error_of(browser.get(PATH)) == error_of(put(browser, 0)) == (HTTPStatus.FORBIDDEN, "forbidden")
    assert error_of(here.client.get(PATH)) == (HTTPStatus.UNAUTHORIZED, "unauthenticated")
    assert error_of(put(here.client, 0)) == (HTTPStatus.UNAUTHORIZED, "unauthenticated")
