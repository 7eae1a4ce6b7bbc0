"""Tokens for a search index: a word is found by its characters, and only with the key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.store.search_tokens import DIGEST_BYTES, tokens, wanted_tokens

KEY, OTHER = b"k" * 32, b"o" * 32
TEXT = "您好，孩子发烧39度，吃了Ibuprofen（美林）还没退"


def finds(query: str, text: str, key: bytes = KEY) -> bool:
    wanted = wanted_tokens(key, query)
    return bool(wanted) and wanted <= tokens(KEY, text)


@pytest.mark.parametrize("query", ["烧", "发烧", "孩子发烧", "39", "３９度", "ibu", "PROF", "ibuprofen 发烧", "美林"])
def test_words_and_parts_of_words_are_found(query: str) -> None:
    assert finds(query, TEXT)


@pytest.mark.parametrize("query", ["咳嗽", "烧发", "好孩", "fenibu", "", "，。", "93"])
def test_what_is_not_there_is_not_found(query: str) -> None:
    assert not finds(query, TEXT)


def test_tokens_show_nothing_without_the_key() -> None:
    assert tokens(KEY, TEXT).isdisjoint(tokens(OTHER, TEXT))
    assert not finds("发烧", TEXT, OTHER)
    assert all(len(bytes.fromhex(each)) == DIGEST_BYTES for each in tokens(KEY, TEXT))


@given(st.text(), st.text(), st.text())
def test_every_part_of_a_text_is_found(before: str, part: str, after: str) -> None:
    """Parts are whole words here: a letter and a mark that follows it can become one character."""
    assert wanted_tokens(KEY, part) <= tokens(KEY, f"{before} {part} {after}")
