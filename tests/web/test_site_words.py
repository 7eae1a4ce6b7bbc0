"""The words that the hospital set reach the widget, and nothing else of the hospital does."""

from dataclasses import replace
from http import HTTPStatus

from sqlalchemy import Connection

from chatserver.domain.emergency import OwnWords
from chatserver.store import hospital
from tests.transactions import tx_at, written

from .application import Doors

PATH = "/v1/visitor/words"


def test_a_site_has_its_words(here: Doors) -> None:
    def change(conn: Connection) -> None:
        hospital.put_words(tx_at(conn), OwnWords("herbs", "body", "critical", ("雷公藤",), not_in=("gynecology",)))
        known = hospital.load_hospital(conn).departments["gynecology"]
        hospital.put_department(tx_at(conn), replace(known, words=("月经", "白带")))

    written(here.context.database, change)
    here.hub.hospital = here.context.database.read_now(hospital.load_hospital)
    answer = here.client.get(PATH, params={"site": "demo"})
    assert answer.status_code == HTTPStatus.OK
    herbs = {"kind": "body", "level": "critical", "words": ["雷公藤"], "only_in": [], "not_in": ["gynecology"]}
    assert answer.json()["emergency"] == [herbs]
    assert answer.json()["departments"]["gynecology"] == ["月经", "白带"]


def test_an_unknown_site_has_none(here: Doors) -> None:
    for params in ({"site": "never-was"}, {}):
        answer = here.client.get(PATH, params=params)
        assert (answer.status_code, answer.json()["error"]["code"]) == (HTTPStatus.NOT_FOUND, "not_found")
