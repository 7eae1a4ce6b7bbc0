"""The built-in words of an emergency, gathered from the lists beside."""

import re

from chatserver.domain.emergency_words import body, english, people
from chatserver.domain.emergency_words.signs import compiled

SIGNS = (*body.SIGNS, *people.SIGNS, *english.SIGNS)

FIELDS = {
    "proctology": re.compile(r"肛肠|肛门|痔|proctolog|anorect|colorect|gangchang|hemorrhoid|haemorrhoid"),
    "urology": re.compile(r"泌尿|男科|urolog|androlog|miniao"),
    "obstetrics": re.compile(r"产科|妇产|obstet|maternity|chanke"),
    "gynecology": re.compile(r"妇科|妇产|gyn[ae]|fuke"),
}
"""What a department deals with, by its id or its names."""

HARMLESS = compiled(
    r"想死你|想死我|笑死|累死累活|跳楼价|跳楼机|自杀式|卒中中心|胸痛中心|中毒科|急救中心|中毒性|抽血|心肺复苏|"
    r"急救课|想死了你|(?:乳房|乳腺|经前|月经前|来月经前?|例假前)…(?:胸部?)?(?:胀|疼|痛)|胸部?~胀(?:痛|疼)|隆胸|"
    r"丰胸|打胸|胸片|胸外|胸透|心疼|开心死|(?:眼皮|眼睑|眼角|眼睛|眼周|面肌|面部|脸部|脸|嘴角|肌肉|小腿|大腿|"
    r"腿肚子|腿|脚|手指|胃|肚皮)(?:上|部)?(?:的)?(?:肌肉)?~(?:抽搐|抽抽|抽筋|抽动|痉挛)|抽动症|"
    r"(?:肚子|头|牙|太阳穴|神经|伤口|后脑勺?|胃|小腹)~一?抽一?抽|抽一抽的?(?:疼|痛)|救命(?:稻草|恩人|药|钱)|"
    r"(?:忙|压力|工作|作业|学习|生活|房贷|债|卷|考试|kpi)…喘不(?:过|上)来?气|避孕药~(?:吃|服)~(?:多|过量)|"
    r"打呼噜…憋|憋尿|憋不住|水中毒|食物中毒~(?:怎么预防)|农药残留|农药超标|(?:嗓子|喉咙|失声|声带|哑)…说不出话|"
    r"说不出话…(?:嗓子|喉咙|失声)|昏迷指数|破水果|破水管|晕血|晕针|电击治疗|电休克|heart ?burn|stroke of luck|"
    r"choking hazard|suicide squad|dying to|to die for|kill(?:s|ing)? time|died laughing|panic buy"
)
"""In these the words mean something else; they are taken out before anything is looked for."""
