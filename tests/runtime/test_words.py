"""`chatserver words check`: says line by line which texts are emergencies and which are not."""

from pathlib import Path

import pytest

from tests.runtime.test_commands import refusal, said

SENTENCES = "我爸胸口疼\n今天几点上班?\n\n最近胸闷\n老公又打我了\n不想活了\n"
BUILT_IN = "body\t我爸胸口疼\nnone\t今天几点上班?\nnone\t\nnone\t最近胸闷\nprotect\t老公又打我了\nmind\t不想活了\n"
OWN = '[words.herbs]\nkind = "body"\nlevel = "critical"\nwords = ["滴水观音"]\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def checked(data: Path, sentences: str, *options: str) -> str:
    result = said(data, "words", "check", "--side", "visitor", *options, words=sentences)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_each_line_is_answered_with_its_kind_of_emergency(data: Path) -> None:
    assert checked(data, SENTENCES, "--built-in").startswith(BUILT_IN)
    assert not data.exists(), "no database is asked, or made"


def test_without_a_database_the_built_in_words_are_used(data: Path) -> None:
    assert checked(data, SENTENCES).startswith(BUILT_IN)


def test_lesser_words_are_reported_on_request(data: Path) -> None:
    assert checked(data, "最近胸闷\n便血", "--attention") == "body\t最近胸闷\nbody\t便血\n"
    assert checked(data, "便血", "--attention", "--department", "proctology") == "none\t便血\n"


def test_the_hospitals_own_words_are_used_if_there_is_a_database(data: Path, tmp_path: Path) -> None:
    said(data, "migrate")
    file = tmp_path / "words.toml"
    file.write_text(OWN, "utf-8")
    assert said(data, "hospital", "apply", str(file)).exit_code == 0
    assert checked(data, "家里有滴水观音") == "body\t家里有滴水观音\n"
    assert checked(data, "家里有滴水观音", "--built-in") == "none\t家里有滴水观音\n"


def test_a_line_that_is_not_utf_8_is_read_as_far_as_possible(data: Path) -> None:
    assert checked(data, "\ufeff胸痛\r\n") == "body\t胸痛\n"


def test_a_database_that_cannot_be_used_is_reported(data: Path) -> None:
    data.mkdir()
    (data / "chat.db").write_bytes(b"")
    assert "migrate" in refusal(said(data, "words", "check", "--side", "visitor", words="胸痛\n"))
