"""健康词: words by which a text may speak of somebody's health, so that the widget asks for a separate consent before
sending it. A word that is found too often costs one question; a word that is missed sends health data without one.

Unlike emergency words they are looked for alone, without the words around them. The widget has the same words and looks
for them in the same way (`widget/src/frame/consent/health.ts`).
"""

import re
import unicodedata
from collections.abc import Iterable


def _listed(lines: str, *phrases: str) -> tuple[str, ...]:
    return (*lines.split(), *phrases)


ZH = _listed(
    """
    疼 痛 痒 肿 咳 痰 吐 呕 晕 癌 瘤 疮 疹 疣 痣 炎 瘫
    发烧 发热 低烧 高烧 感冒 鼻塞 流涕 鼻血 头昏 失眠 乏力 心慌 胸闷 气短 气喘 哮喘 腹泻 拉肚子 便秘 便血 大便 小便
    尿频 尿急 尿血 血尿 出血 流血 流脓 发麻 麻木 抽筋 抽搐 骨折 扭伤 烫伤 烧伤 伤口 过敏 红斑 水肿 浮肿 消瘦 体重
    糖尿病 血压 血糖 血脂 尿酸 痛风 冠心病 心脏病 心律 心梗 脑梗 中风 偏瘫 癫痫 抑郁 焦虑 躁狂 精神分裂
    乙肝 甲肝 丙肝 肝硬化 脂肪肝 结石 囊肿 息肉 结节 增生 肌瘤 溃疡 痔 肛裂 肛瘘 阑尾 疝气 前列腺 阳痿 早泄 包皮
    梅毒 淋病 艾滋 性病 感染 病毒 贫血 白血病 肺结核 肺气肿 椎间盘 颈椎病 风湿 骨质疏松 白内障 近视 青光眼
    月经 例假 白带 停经 怀孕 孕期 孕周 早孕 流产 人流 打胎 宫外孕 胎儿 胎心 产后 不孕 不育 避孕 试管 更年期
    症状 病史 病情 病历 确诊 诊断 复发 化验 验血 血常规 尿常规 B超 彩超 CT 核磁 胃镜 肠镜 心电图 活检 病理 指标
    报告 检查结果 检验结果 检查单
    吃药 用药 服药 药物 处方 胰岛素 抗生素 消炎药 降压药 激素 化疗 放疗 手术后 术后 术前 得了 患有 有病 不舒服 难受
    """
)

EN = _listed(
    """
    pain pains painful ache aches aching hurt hurts sore itch itches itchy rash swelling swollen lump
    fever cough coughing vomit vomiting nausea diarrhea diarrhoea constipation dizzy dizziness faint headache
    migraine bleed bleeding blood discharge infection infected allergy allergic asthma numb numbness fracture
    diabetes diabetic hypertension stroke seizure epilepsy cancer tumor tumour cyst polyp ulcer hernia
    hemorrhoid hemorrhoids haemorrhoid haemorrhoids hepatitis hiv aids std syphilis depression depressed anxiety
    pregnant pregnancy miscarriage abortion period periods menopause contraception infertility
    symptom symptoms disease illness sick unwell diagnosis diagnosed biopsy scan mri ultrasound ecg x-ray
    medicine medication tablets pills antibiotic antibiotics insulin prescription surgery chemotherapy
    """,
    "test result",
    "test results",
    "lab report",
    "lab results",
    "medical report",
)

DEPARTMENTS = (
    *_listed("疼痛科 疼痛门诊 肿瘤科 肿瘤内科 肿瘤外科 感染科 过敏科 风湿科 风湿免疫科 发热门诊 产后康复科 不孕不育科"),
    *("internal medicine", "general medicine", "emergency medicine", "family medicine", "chinese medicine"),
    *("sports medicine", "rehabilitation medicine", "nuclear medicine", "general surgery", "plastic surgery"),
)
"""Names of departments that have a health word in them."""

MATTERS = _listed(
    """
    挂号 号源 的号 预约 多少钱 费用 价格 收费 几点 上班 下班 开门 时间 地址 在哪 几楼 怎么走 电话 周末
    cost costs price prices fee fees registration register appointment hours open close address floor where
    """,
    "how much",
    "phone number",
    "what time",
)
"""What is asked about a department itself: beside these words its bare name says nothing about anybody's health."""


def plainly(text: str) -> str:
    """The text in the spelling that is searched: usual width, small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def _is_english(word: str) -> bool:
    return re.fullmatch(r"[a-z0-9 .'-]+", word) is not None


def speaks_of_health(text: str, own: Iterable[str] = ()) -> bool:
    """Whether the text has one of these words, or of the hospital's `own`. English words must stand alone; Chinese ones
    are found within a text without blanks."""
    plain = plainly(text)
    if _any(MATTERS, plain):
        for name in DEPARTMENTS:
            plain = plain.replace(name, " - ")
    return _any((*ZH, *EN, *own), plain)


def _any(words: Iterable[str], plain: str) -> bool:
    close = re.sub(r"\s", "", plain)
    spelled = [plainly(word).strip() for word in words]
    return any(_stands_alone(word, plain) if _is_english(word) else _has(word, close) for word in spelled if word)


def _has(word: str, close: str) -> bool:
    return re.sub(r"\s", "", word) in close


def _stands_alone(word: str, plain: str) -> bool:
    return re.search(rf"(?:^|[^a-z0-9]){re.escape(word)}(?![a-z0-9])", plain) is not None
