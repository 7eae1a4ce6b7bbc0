"""What is masked of each kind of personal number, alone and within a text, and what is left as it is."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatserver.domain.masking import masked_card, masked_email, masked_identity, masked_record, masked_text

MASKED = [
    # mobile phones
    ("我的电话13812345678", "我的电话138****5678"),
    ("138 1234 5678", "138 **** 5678"),
    ("138-1234-5678", "138-****-5678"),
    ("138.1234.5678", "138.****.5678"),
    ("138 123 45678", "138 *** *5678"),
    ("1381 234 5678", "138* *** 5678"),
    ("138 12345678", "138 ****5678"),
    ("1381234 5678", "138**** 5678"),
    ("138 12 34 56 78", "138 ** ** 56 78"),
    ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 * * * * 5 6 7 8"),
    ("１３８１２３４５６７８", "１３８****５６７８"),
    ("１３８ １２３４ ５６７８。", "１３８ **** ５６７８。"),
    ("138—1234—5678", "138—****—5678"),
    ("138\u00a01234\u00a05678", "138\u00a0****\u00a05678"),
    ("138\u200b1234\u200b5678", "138\u200b****\u200b5678"),
    ("①③⑧①②③④⑤⑥⑦⑧", "①③⑧****⑤⑥⑦⑧"),
    ("١٣٨١٢٣٤٥٦٧٨", "١٣٨****٥٦٧٨"),
    ("+86 138 1234 5678", "+86 138 **** 5678"),
    ("+8613812345678", "+86138****5678"),
    ("0086 13812345678", "0086 138****5678"),
    ("8613812345678", "86138****5678"),
    ("微信wx13812345678", "微信wx138****5678"),
    ("13812345678或13987654321", "138****5678或139****4321"),
    ("手机号：13812345678，姓王", "手机号：138****5678，姓王"),
    ("1.13812345678 2.13987654321", "1.138****5678 2.139****4321"),
    # landlines
    ("0731-88880120", "073*-****0120"),
    ("（0731）8888 0120", "（073*）**** 0120"),
    ("010 6512 3456", "010 **** 3456"),
    ("01065123456", "010****3456"),
    ("0731-88880120转8012", "073*-****0120转8012"),
    ("电话：88880120", "电话：******20"),
    ("家里座机8888-012", "家里座机8888-012"),
    ("tel 8888 0120", "tel **** **20"),
    # foreign ones
    ("+852 9123 4567", "+852 **** 4567"),
    ("+1 (650) 253-0000", "+1 (65*) ***-0000"),
    # identity cards
    ("身份证430102199003077638", "身份证430*************38"),
    ("43010219900307763X", "430*************3X"),
    ("43010219900307763x", "430*************3x"),
    ("４３０１０２１９９００３０７７６３Ｘ", "４３０*************３Ｘ"),
    ("430102 19900307 7638", "430*** ******** **38"),
    ("430102 1990 0307 7638", "430*** **** **** **38"),
    ("老身份证430102900307763", "老身份证430**********63"),
    # bank cards
    ("6222021234567890128", "***************0128"),
    ("4111 1111 1111 1111", "**** **** **** 1111"),
    ("6222-0212-3456-7890-128", "****-****-****-***0-128"),
    ("卡号6222021234567890123", "卡号***************0123"),
    ("账号 2024 1130 0000 1234", "账号 **** **** **** 1234"),
    # medical records and other documents
    ("病历号：0012345", "病历号：*****45"),
    ("住院号是ZY20240017", "住院号是********17"),
    ("门诊号 20241130", "门诊号 ******30"),
    ("就诊卡号：A0012345678", "就诊卡号：*********78"),
    ("医保卡 123456789", "医保卡 *******89"),
    ("护照号E12345678", "护照号*******78"),
    ("MRN: 0012345", "MRN: *****45"),
    # e-mail
    ("写信到 zhang.san@qq.com 吧", "写信到 z***@qq.com 吧"),
    ("zhang＠163.com", "z***@163.com"),
    # several in one text
    ("张三 13812345678 a@b.cn 43010219900307763X", "张三 138****5678 a***@b.cn 430*************3X"),
]

LEFT = [
    "",
    "您好，请问儿科在几楼？",
    "2024-11-30 10:30",
    "2024年11月30日下午3点",
    "20241130",
    "20241130103000",
    "价格13800元",
    "1380.50 元",
    "13,812,345,678 元",
    "优惠 1200-1500",
    "15000-20000元",
    "150 2000",
    "周次 1 3 5 7 9 11 12 14",
    "血压 138/90，心率 72",
    "体温38.5，体重 65.5 公斤",
    "请拨打120，或心理热线12356",
    "医院电话400-800-1234",
    "1381234567",
    "138123456789",
    "12812345678",
    "订单号13812345678",
    "快递单号：6222021234567890128",
    "流水号 4111111111111111",
    "预约号 20241130001",
    "202411301234567890",
    "202411300101001",
    "6222021234567890123",
    "430102199013077638",
    "病历本带上，2024年的也要",
    "门诊号 12",
    "医保卡2024年能用吗",
    "@所有人 早上好",
    "a@b",
    "第3.1.2条，版本 10.0.19045.3693",
    "C12H22O11",
]


@pytest.mark.parametrize(("text", "shown"), MASKED)
def test_a_personal_number_in_a_text_is_masked(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert masked_text(text) == text


def test_each_kind_alone_shows_only_its_ends() -> None:
    assert masked_identity("43010219900307763X") == "430*************3X"
    assert masked_card("6222 0212 3456 7890 128") == "**** **** **** ***0 128"
    assert masked_record("ZY20240017") == "********17"
    assert masked_email("zhangsan@qq.com") == "z***@qq.com"
    assert (masked_email("nothing"), masked_email(""), masked_card("")) == ("***", "***", "")


NUMBERS = st.sampled_from([text for text, shown in MASKED if text != shown])
WORDS = st.text(st.characters(exclude_characters="@＠", exclude_categories=("Nd", "No", "Nl")), max_size=20)


@given(st.lists(st.one_of(NUMBERS, WORDS, st.text(max_size=20))).map("，".join))
@example("138\u200b12345678")
def test_masking_again_changes_nothing(text: str) -> None:
    shown = masked_text(text)
    assert masked_text(shown) == shown


@given(
    st.lists(st.one_of(NUMBERS, WORDS, st.text(max_size=20)))
    .map("，".join)
    .filter(lambda text: "@" not in text and "＠" not in text)
)
def test_every_character_stays_or_becomes_a_star(text: str) -> None:
    shown = masked_text(text)
    assert len(shown) == len(text)
    assert all(
        after == before or (after == "*" and before.isalnum()) for before, after in zip(text, shown, strict=True)
    )


@given(WORDS)
def test_a_text_without_digits_and_addresses_stays(text: str) -> None:
    assert masked_text(text) == text


@given(before=WORDS, phone=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), after=WORDS)
def test_a_mobile_number_is_masked_between_any_words(before: str, phone: str, after: str) -> None:
    assert masked_text(f"{before}，{phone}，{after}") == f"{before}，{phone[:3]}****{phone[-4:]}，{after}"


EXAMPLES = Path(__file__).resolve().parents[2] / "widget/src/shared/masking.examples.json"
"""What the widget makes of them when a visitor saves a chat."""


def test_the_widget_masks_what_a_visitor_saves_by_the_same_rules() -> None:
    examples = json.loads(EXAMPLES.read_text("utf-8"))
    known = {each["written"] for each in examples}
    assert known >= {*(text for text, _ in MASKED), *LEFT}
    assert {each["written"]: masked_text(each["written"]) for each in examples} == {
        each["written"]: each["masked"] for each in examples
    }
