"""Facts each of which is ordinary, and which of them together are an emergency. Both languages."""

import re

from chatserver.domain.emergency_words.signs import BODY, PROTECT, Together, compiled

_GIRL = (
    r"(?:(?<![\d\-到至.])(?:9|1[0-3])(?:周)?岁(?!以上|的时候|那年)|"
    r"(?:九|十|十一|十二|十三)(?:周)?岁(?!以上|的时候)|(?<![二三四五六七八九])十三岁|虚岁1?[0-4]|不到1[0-4]岁|"
    r"未满1[0-4]|才?1[0-3](?=[，。？]|$)|我(?:今年|才|刚)?1[0-3](?!\d|周|天|号|点|个|年|月|\.|%)|小学生?|六年级|"
    r"五年级|四年级|初一|初二|初中生?|幼女|(?:[1-9]|1[0-3])[ -]?(?:years?[ -]old|y/?o)\b|i'?m 1[0-3]\b|"
    r"i am 1[0-3]\b|(?:nine|ten|eleven|twelve|thirteen)[ -](?:years?[ -])old)"
)
_MOTHER = r"(?:我|老婆|媳妇|爱人|嫂子|姐姐?|妈妈?)(?:又|也|现在|刚|想|准备|要|正|是|已经|自己|目前)*"

_FACTS = {
    "fever": (
        r"(?:烧|热|体温|度数|温度)(?:[^，。？]{0,5})(?:39|4[0-2])|(?:39|4[0-2])(?:\.\d)?(?:多)?(?:度|℃|°)|"
        r"(?:三十九|四十|四十一)(?:点\S)?度|高烧|高热|烧得?(?:很高|厉害|糊涂|滚烫)|fever"
    ),
    "fit": (r"抽(?!血|烟|号|签|奖|空|时间|脂|查|检|积液|水|屉|筋骨)|惊厥|翻白眼|白沫|僵|shak(?:es|ing)|twitch"),
    "dull": (
        r"昏睡|嗜睡|没精神|精神(?:很|特别|非常|太|极)?差|精神不好|蔫|迷糊|说胡话|胡话|脖子~硬|喷射|不吃不喝|叫不|喊不|"
        r"紫斑|出血点|皮疹~紫|反应迟钝|反应差|不认人"
    ),
    "newborn": (
        r"新生儿|刚出生|出生~(?:天|周)|没满月|未满月|不满月|没出月子|满月宝宝|月子里|"
        r"\d{1,2}天(?:的|大)(?:宝宝|孩子|娃|婴儿)|[一二两12]个月(?:的|大)?(?:宝宝|孩子|娃|婴儿)|newborn|"
        r"\b\d weeks? old"
    ),
    "feverish": (r"发烧|发热|烧到|烧了|高烧|体温|不吃奶|吃奶~(?:差|少)|拒奶|不哭|fever"),
    "cephalosporin": (r"头孢|先锋|甲硝唑|替硝唑|奥硝唑|呋喃唑酮|阿莫西林~头孢"),
    "alcohol": (
        r"(?:喝|饮)(?:了|过|完|的|点|一点|两口)?(?:[^，。？不没无能可]{0,6})(?:酒|啤|白的|红的|二锅头)|"
        r"(?:又|还|后|再|然后|没忍住|就|和)喝(?:了)?(?:[^，。？]{0,4})(?:酒|啤)|酒~喝|藿香正气|酒心巧克力|喝多|喝醉|"
        r"(?:白|啤|红)酒"
    ),
    "reaction": (
        r"心慌|气短|胸闷|脸红|恶心|呕吐|吐|头晕|头痛|头疼|难受|喘|心跳|发热|全身红|通红|出汗|晕|没力气|血压|意识|"
        r"不舒服|抖"
    ),
    "missed period": (
        r"停经|月经~(?:没来|推迟|推后|迟|晚)|例假~(?:没来|推迟|推后|迟)|大姨妈~(?:没来|推迟|迟)|"
        r"怀孕(?![^，。？]{0,2}吗)|孕\d|\d周|孕早期|宫外孕|验孕|两条杠|hcg|pregnan\w*|missed (?:my )?period"
    ),
    "severe pain": (
        r"(?:剧烈|剧痛|绞痛|撕裂|刀割)|(?:疼|痛)(?:得|的)(?:厉害|受不了|要命|不行|直不起|打滚|满头|冒|站不|快|死|很|"
        r"特别)|(?:很|特别|非常|超级?|好|太|越来越|突然~)(?:疼|痛)|severe|terrible|extreme|unbearable|sharp"
    ),
    "belly": (r"肚子|腹|小肚|下面|stomach|abdom\w*|belly|cramp\w*|pain"),
    "pregnant": (
        r"怀孕|怀着|孕(?:妇|期|早期|中期|晚期|\d|[一二三四五六七八九十])|\d+\+?\d?周|大肚子|胎儿|先兆流产|验孕|"
        r"宝宝在肚子|pregnan\w*|宫外孕"
    ),
    "blood": (r"出血|流血|见红|流了?~血|有血|血块|鲜红|bleed\w*|blood"),
    "pain": (r"疼|痛|pain|cramp\w*|hurts?"),
    "fall": (r"摔|跌|坠|掉下|滚下|撞|车祸|砸|磕|碰到头|fell|fall|crash|hit (?:his|her|my|the) head"),
    "stunned": (
        r"不动|没动静|昏|晕|没反应|吐了|呕吐|一直吐|迷糊|不清醒|嗜睡|想睡|犯困|叫不|动不了|站不起|抽|耳朵~(?:出|流)|"
        r"鼻子~(?:出|流)|流血|出血|记不|不记得|not moving|vomit\w*|confused|sleepy|blood"
    ),
    "tightness": (r"胸闷|胸口闷|憋气|心慌|心里发慌|心悸|心跳~快|气短|tight"),
    "cold sweat": (
        r"冷汗|大汗|出汗|后背~(?:疼|痛)|(?:左肩|左胳膊|左臂|左手|肩膀|下巴|牙)~(?:疼|痛|麻)|眼前~黑|要晕|快晕|"
        r"脸色~(?:白|灰|青)|濒死|嘴唇~(?:紫|白)|手脚冰凉|喘|难受得~(?:不行|厉害|受不了)|sweat\w*|left arm|jaw"
    ),
    "under age": _GIRL,
    "mother": (
        rf"{_MOTHER}(?:怀孕|怀了|怀上|备孕|二胎|三胎|二宝|流产|人流|停经)|儿子|二胎|三胎|备孕|"
        r"没有?(?:过)?(?:性生活|性行为)|疫苗|hpv|九价|包皮|mother of|my son"
    ),
    "sexual": (
        r"怀孕|怀上|怀了|有了身孕|有孕|验孕|两条杠|停经|流产|人流|打胎|堕胎|引产|早孕|发生(?:了|过)?~(?:性?关系)|同房|"
        r"性行为|性生活|性关系|做爱|上床|啪啪|避孕药|毓婷|事后药|紧急避孕|性病|梅毒|淋病|尖锐湿疣|生殖器疱疹|大肚子|"
        r"pregnan\w*|abortion|sex\b|had sex|std\b|morning after"
    ),
}
FACTS: dict[str, re.Pattern[str]] = {name: compiled(pattern) for name, pattern in _FACTS.items()}

TOGETHER = (
    Together("high fever and a fit", BODY, "critical", ("fever", "fit")),
    Together("high fever and dull", BODY, "critical", ("fever", "dull")),
    Together("newborn with fever", BODY, "critical", ("newborn", "feverish")),
    Together("cephalosporin, alcohol and unwell", BODY, "critical", ("cephalosporin", "alcohol", "reaction")),
    Together("cephalosporin and alcohol", BODY, "attention", ("cephalosporin", "alcohol")),
    Together("missed period and severe pain", BODY, "critical", ("missed period", "severe pain", "belly")),
    Together("pregnant, bleeding and in pain", BODY, "critical", ("pregnant", "blood", "pain")),
    Together("fall and stunned", BODY, "critical", ("fall", "stunned")),
    Together("tight chest and cold sweat", BODY, "critical", ("tightness", "cold sweat")),
    Together("child and what a child must not know", PROTECT, "critical", ("under age", "sexual"), "mother"),
)
