"""The built-in words of an emergency, collected from the lists beside this file."""

import re

from chatserver.domain.emergency_words import body, english, harm, people
from chatserver.domain.emergency_words.signs import filled

SIGNS = (*body.SIGNS, *harm.SIGNS, *people.SIGNS, *english.SIGNS)

FIELDS = {
    "proctology": re.compile("肛肠|肛门|痔|proctolog|anorect|colorect|gangchang|hemorrhoid|haemorrhoid"),
    "urology": re.compile("泌尿|男科|urolog|androlog|miniao"),
    "obstetrics": re.compile("产科|妇产|obstet|maternity|chanke"),
    "gynecology": re.compile("妇科|妇产|gyn[ae]|fuke"),
}
"""The field of a department, recognised by its id or its names."""

_MUSCLE = "(?:眼皮|眼睑|眼角|眼周|面肌|面部|嘴角|肌肉|小腿|大腿|腿肚子|(?<!手)脚|(?<!手)脚趾|手指|大拇指|胃|肚皮|腿)"
_OFTEN = (
    "(?:上|部|的|肌肉|一直|老是|老|总是|总|最近|有时候?|会|在|也|都|不停|轻微|偶尔|经常|里|像|就|是|晚上|半夜|"
    "突然){0,3}"
)
HARMLESS = re.compile(
    filled(
        "|".join(
            (
                "想死(?:了)?[你我]|笑死|累死累活|跳楼价|跳楼机|自杀式|自杀率|想死个人|笑得~抽|开心死|找死吗",
                "自杀的?(?:新闻|案例|电影|视频|故事|书|人(?:都|有|会|是不是|一般))|(?:电视|新闻|小说|电影)[里上]~自杀",
                "(?:卒中|胸痛|中毒|创伤|急救)中心|中毒科|中毒性|抽血|心肺复苏",
                "(?:胸痛|卒中|中风|癫痫|哮喘|眩晕)(?:门诊|专病|专科|科(?!普))|抽搐症|昏迷评分|急救课|昏迷指数",
                "电击治疗|电休克",
                "农药(?:残留|超标)|水中毒",
                "胸部?~胀[痛疼]?|(?:乳房|乳腺|经前|月经前|来月经前?|例假前)…(?:胸部?)?[胀疼痛]|隆胸|丰胸|胸片",
                "胸外|胸透|心疼(?![得死])|鸡胸|胸大",
                f"{_MUSCLE}{_OFTEN}(?:抽搐|抽抽|抽筋|抽动|痉挛|抽了一下)|抽动症|肌肉痉挛",
                (
                    "(?:肚子|头|牙|太阳穴|神经|伤口|后脑勺?|胃|小腹|脑袋|耳朵|心)(?:里|像|也|总|会|就|是|一直|"
                    "老)*一?抽一?抽"
                ),
                "抽一抽[的地]?[疼痛]",
                "(?:等|排|站|走|跑|累)[^，。？]{0,4}[腿腰脚][^，。？]{0,2}断|笑不活",
                "会[^，。？]{0,6}血吗|(?:睡觉|睡着)[^，。？]{0,6}[抽抖]动?一下|救命(?:稻草|恩人|药|钱|之恩)",
                ("(?:[闷太好]热|热得|笑得|跑得|爬楼|忙|压力|工作|作业|学习|生活|房贷|债|卷|考试|kpi)…喘不[过上]来?气"),
                "(?:老是?|总是?|经常|容易)[^，。？]{0,2}(?:噎|呛)|避孕药~[吃服]~[多过]|打呼[噜]?…憋|打鼾…憋",
                "憋[尿不]|破水[果管瓶]|晕[血针车船]|生物钟|要不得了|好得不得了",
                "(?:嗓子|喉咙|失声|声带|哑|害羞|紧张|感动)…[说讲]不出话|[说讲]不出话…(?:嗓子|喉咙|失声)|猝死保险",
                "死机|死活|死板|死角|死马当",
                "heart ?burn|stroke of luck|choking hazard|suicide squad|dying to|to die for|kill(?:s|ing)? time",
                "died laughing|breath test|bad breath",
            )
        )
    )
)
"""Phrases in which the words mean something else. They are removed before the search."""
