"""The command line speaks Chinese in a Chinese terminal, in every sentence."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result

from chatserver.cli.main import main
from chatserver.domain.sentence import Sentence
from chatserver.language import OF_THE_TERMINAL, chosen, said, speaking
from tests.runtime.test_hospital_file import WRONG

from .paths import ROOT
from .spoken import made_at_once, of_click, spoken

HAN = re.compile(r"[\u3400-\u9fff]")
CATALOGUE = ROOT / "chatserver/texts/zh.po"
FIELDS = re.compile(r"\{\w+(?:![rs])?(?::[^}]*)?\}|%\(\w+\)s")


def catalogued() -> dict[str, str]:
    """English → Chinese, which has a single plural form."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, abort_invalid=True) if message.id]
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            message.string if isinstance(message.string, str) else (message.string or ("",))[0] or ""
        )
        for message in messages
    }


def run(language: str | None, *command: str, data: Path | None = None, words: str = "", **terminal: str) -> Result:
    """Runs a command in a terminal of this language."""
    own = ("PORT", "DATABASE_URL", "REDIS_URL", "CHATSERVER_LANGUAGE", *OF_THE_TERMINAL)
    environment: dict[str, str | None] = dict.fromkeys(own) | terminal
    if language is not None:
        environment["LANG"] = f"{language}.UTF-8"
    if data is not None:
        environment["CHATSERVER_DATA"] = str(data)
    return CliRunner().invoke(main, command, input=words, env=environment)


def test_every_sentence_of_the_command_line_is_in_the_catalogue_and_nothing_else() -> None:
    assert catalogued().keys() == spoken() | of_click().keys()


def test_no_sentence_is_made_before_anybody_could_translate_it() -> None:
    assert made_at_once() == []


def test_every_sentence_has_a_chinese_one() -> None:
    units = {"{where}: {told}", "{where}: {told}.", "{name} is {told}.", "{heading}:", "conversation {id}: {told}"}
    assert [
        english for english, chinese in catalogued().items() if not HAN.search(chinese) and english not in units
    ] == []


def test_both_languages_are_filled_in_with_the_same_fields() -> None:
    plural = of_click()
    for english, chinese in catalogued().items():
        known = set(FIELDS.findall(english)) | set(FIELDS.findall(plural.get(english) or ""))
        assert set(FIELDS.findall(chinese)) <= known, english
        if english not in plural:
            assert set(FIELDS.findall(chinese)) == known, english


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh_HK"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_CN"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
        ({"LANG": "zh_CN", "CHATSERVER_LANGUAGE": "en"}, "en"),
        ({"LANG": "en_US", "CHATSERVER_LANGUAGE": " zh "}, "zh"),
        ({"LANG": "zh_CN", "CHATSERVER_LANGUAGE": "fr"}, "zh"),
    ],
)
def test_the_language_is_the_settings_else_the_terminals(environment: dict[str, str], language: str) -> None:
    assert chosen(environment) == language


def test_what_a_person_wrote_is_never_translated() -> None:
    with speaking("zh", ROOT / "build/front/texts/commands"):
        assert said(Sentence("Added {login}.", login="none")) == "已添加 none。"
        assert said(Sentence("{where}: {told}.", where="name", told=Sentence("text"))) == "name：文字。"
        assert said("") == ""
    with speaking("en", ROOT / "build/front/texts/commands"):
        assert said(Sentence("Added {login}.", login="none")) == "Added none."


def test_without_a_catalogue_everything_is_english(tmp_path: Path) -> None:
    with speaking("zh", None):
        assert said(Sentence("{heading}:", heading=Sentence("a sentence of no catalogue"))) != ""
    with speaking("zh", tmp_path):
        assert said(Sentence("Added {login}.", login="x")) == "Added x."


def test_a_chinese_terminal_is_answered_in_chinese(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run("zh_CN", "account", "list", data=data).stderr.endswith("还没有数据库，请先运行 `chatserver migrate`。\n")
    assert run("zh_CN", "migrate", data=data).stdout.endswith("已升级到本版本。\n")
    assert "已是本版本" in run("zh_CN", "migrate", data=data).stdout
    who = ("account", "add", "li.min", "--name", "李敏", "--number", "012", "--password-stdin")
    assert "密码里含有登录名 li.min" in run("zh_CN", *who, data=data, words="my-li.min-2026\n").stderr
    assert run("zh_CN", *who, data=data, words="a long enough sentence\n").stdout == "已添加 li.min。\n"
    head, row = run("zh_CN", "account", "list", data=data).stdout.splitlines()
    assert head.split() == ["登录名", "工号", "姓名", "权限", "接待组", "上限"]
    assert row.index("012") == len("li.min  "), "columns stand below each other"
    ended = run("zh_CN", "account", "change", "li.min", "--role", "supervisor", data=data)
    assert ended.stdout == "已更改 li.min，此人的所有登录已结束。\n"
    assert run("zh_CN", "verify", data=data).stdout.endswith("没有问题。\n")
    copied = run("zh_CN", "backup", str(tmp_path / "copy.db"), data=data).stdout
    assert copied.startswith("已将0 个会话、0 条记录（")
    assert "PORT='eighty' 不能使用：必须是整数，不能是文字。" in run("zh_CN", "serve", PORT="eighty").stderr


def test_all_faults_of_a_file_are_told_in_chinese(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "hospital.toml"
    run(None, "migrate", data=data)
    file.write_text(WRONG, "utf-8")
    lines = run("zh_CN", "hospital", "apply", str(file), data=data).stderr.splitlines()
    english = run("en_US", "hospital", "apply", str(file), data=data).stderr.splitlines()
    assert len(lines) == len(english) > 15
    assert [line for line in lines if not HAN.search(line) or not line.endswith("。")] == []
    assert [line for line in english if line.endswith("。")] == []


@pytest.mark.parametrize(
    ("command", "chinese"),
    [
        (("--help",), "医院在线咨询系统。"),
        (("account", "add", "--help"), "添加账号，会提示输入密码。"),
        (("account", "add", "--help"), "访客和同事看到的姓名。"),
        (("simulate", "--help"), "模拟多少天。"),
        (("--help",), "命令："),
        (("serv",), "没有命令 'serv'。"),
        (("serve", "--prt"), "没有选项 '--prt'。"),
        (("account", "add"), "缺少参数 'LOGIN'"),
        (
            ("account", "add", "x", "--role", "boss"),
            "'boss' 不是 'consultant', 'group_leader', 'supervisor', 'administrator', 'auditor' 之一。",
        ),
        (("account", "add", "x", "--role"), "选项 '--role' 需要 1 个值。"),
        (("account", "list", "a", "b"), "多出的参数（a b）"),
        (("simulate", "--seeds", "0"), "0 不在范围 1<=x<=1000 内。"),
    ],
)
def test_help_and_mistypings_are_answered_in_the_terminals_language(command: tuple[str, ...], chinese: str) -> None:
    assert chinese in run("zh_CN", *command).output
    for language in ("en_US", None):
        told = run(language, *command).output.splitlines()
        # click caches the line of its help option for the whole process, which normally has one language.
        assert [line for line in told if HAN.search(line) and "-h, --help" not in line] == []


def test_a_simulation_is_told_in_chinese() -> None:
    told = run("zh_CN", "simulate", "--seeds", "1", "--conversations", "20", "--policy", "load-ratio").output
    assert told.startswith("1 天，种子从 1 开始：预计 20 个会话，16 名咨询员")
    assert "首次回复，平均秒" in told
