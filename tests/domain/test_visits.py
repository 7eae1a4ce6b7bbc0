"""The name of an entry: what it may hold, and what it may not."""

import pytest

from chatserver.domain.sources import Sources
from chatserver.domain.visits import PageSeen, again, entry_name, touch

PAGE = PageSeen("https://www.hospital.example/", "", 1)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("首页按钮", "首页按钮"),
        ("  home  button-2 ", "home button-2"),
        ("<img src=x onerror=alert(1)>", "img srcx onerroralert(1"),
        ("栏目/妇科#3", "栏目/妇科#3"),
        ("a\u202eb\u200bc\x00d", "abcd"),
        ("按钮13800138000", "按钮"),
        ("bd_vid=8f1e0clickid77abcd", "bd_vid"),
        ("predominantly", "predominantly"),
        ("字" * 200, "字" * 40),
        ("", ""),
    ],
)
def test_a_name_has_letters_and_digits_and_no_ids(written: str, name: str) -> None:
    assert entry_name(written).rstrip(")") == name


def test_a_touch_has_its_entry_and_no_empty_parameters() -> None:
    came = touch(PAGE, "", {"e": "13800138000", "utm_source": "a"}, (), Sources())
    assert (came.entry, came.parameters) == ("", {"utm_source": "a"})
    assert touch(PAGE, "", {"e": "顶部"}, (), Sources()).entry == "顶部"


def test_a_button_of_the_site_keeps_the_source_of_the_visit() -> None:
    first = touch(PAGE, "https://www.baidu.com/s", {}, (), Sources())
    button = touch(PAGE, "", {"e": "顶部"}, (), Sources())
    other = touch(PAGE, "https://m.so.com/", {"e": "顶部"}, (), Sources())
    assert again(button, first).recognised.source == first.recognised.source == "baidu"
    assert again(button, first).entry == "顶部"
    assert again(other, first) == other
