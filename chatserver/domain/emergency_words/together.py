"""Facts each of which is ordinary, and which of them together are an emergency. Both languages."""

from chatserver.domain.emergency_words.signs import BODY, DONE, MIND, PROTECT, Fact, Together, fact

_MOTHER = "(?:我|老婆|媳妇|爱人|嫂子|姐姐?|妈妈?)(?:又|也|现在|刚|想|准备|要|正|是|已经|自己|目前)*"
_NO_AGE = "(?![^。？]{0,12}(?:岁|初|年级))"
_DAY_OF_LIFE = "(?:[一二三四五六七八九十]|\\d){1,2}天"

FACTS: dict[str, Fact] = {
    "hot": fact("烧|发热|高热|体温|fever|temperature"),
    "very hot": fact(
        "(?:烧|热|体温|度数|温度)[^，。？]{0,5}(?:39|4[0-2])",
        "(?:39|4[0-2])(?:\\.\\d)?多?[度℃°]|(?<![\\d.])(?:39|4[01])\\.\\d(?!\\d)|(?:三十九|四十|四十一)(?:点.)?度",
        "高烧|高热|烧得?(?:很高|厉害|糊涂|滚烫)|high fever|fever of (?:39|4\\d|10[3-7])",
    ),
    "fit": fact("抽(?![血烟号签奖空时脂查检积水屉筋骨动])|惊厥|翻白眼|白沫|僵|shak(?:es|ing)|twitch|抽筋"),
    "barely awake": fact(
        "昏睡|嗜睡|胡话|脖子~[硬僵]|喷射|紫~[斑点]|不褪色|瘀点|出血点|反应(?:迟钝|差)|不认人|[叫喊]不",
        "眼神~(?:呆|直)|叫~没反应|stiff neck|drowsy|won'?t wake|confused",
    ),
    "poorly": fact(
        "没精神|萎靡|[叫醒]~又睡|一直睡|光睡|精神~[差蔫]|精神不好|蔫|迷糊|不吃不喝|不哭|吐~不停|喘|lethargic",
        "floppy|limp",
    ),
    "newborn": fact(
        "新生儿|刚出生|出生~[天周]|[没未不]满月|没出月子|满月宝宝|月子里|月子娃",
        f"{_DAY_OF_LIFE}(?:的|大)+(?:宝宝|孩子|娃|婴儿)|(?:宝宝|孩子|娃|婴儿)(?:才|刚|出生)*{_DAY_OF_LIFE}",
        "(?:宝宝|孩子|娃|婴儿)(?:才|刚)?[一二两12]个月|[一二两12]个月大?的?(?:宝宝|孩子|娃|婴儿)|newborn",
        "\\d weeks? old|\\b[123] months? old",
    ),
    "not well": fact(
        "发烧|发热|烧到|烧了|高烧|3[89]|不吃奶|吃奶~[差少]|拒奶|不喝奶|[叫喊]不|发黄~厉害|fever|not feeding",
        "won'?t (?:feed|eat)",
    ),
    "cephalosporin": fact("头孢|先锋|甲硝唑|替硝唑|奥硝唑|呋喃唑酮|cephalosporin|metronidazole"),
    "alcohol": fact("酒|喝多|喝醉|啤的|白的|红的|二锅头|藿香正气|alcohol|drank|beer|wine"),
    "reaction": fact(
        "心慌|气短|胸闷|脸~红|通红|发红|恶心|吐|头晕|头[痛疼]|难受|喘|心跳|全身~红|出汗|冷汗|晕|没力气|血压|意识",
        "不舒服|抖|喉咙|憋|flush|dizzy|nause|heart",
    ),
    "missed period": fact(
        "停经|(?:月经|例假|大?姨妈)~(?:推迟|推后|迟|晚|超)|(?:月经|例假|大?姨妈)[^，。？]{0,5}没(?:来|有来)|怀孕",
        "孕\\d|\\d周|孕早期|宫外孕|验孕|两条杠|hcg",
        "pregnan|missed (?:my )?period|late period",
    ),
    "severe pain": fact(
        "剧烈|剧痛|绞痛|撕|刀割|像[^，。？]{0,6}[疼痛]",
        "[疼痛][得的]~(?:厉害|受不了|要命|不行|直不起|打滚|满头|冒|站不|快|死|很|特别|走不|冷汗)",
        "(?:很|特别|非常|超|好|太|越来越|<sudden>)[^，。？不没]{0,6}[疼痛]|[疼痛]死|severe|terrible|extreme",
        "unbearable|sharp|awful",
    ),
    "belly": fact("肚子|腹|小肚|下面|腰|stomach|abdom|belly|cramp|pain"),
    "pregnant": fact(
        "怀孕|怀着|有孕|孕[妇期早中晚\\d一二三四五六七八九十]|\\d周|大肚子|胎儿|见红|保胎|先兆流产|pregnan|宫外孕"
    ),
    "blood": fact("出血|流血|见红|流了?~血|有血|血块|鲜红|bleed|blood"),
    "pain": fact("疼|痛|坠|pain|cramp|hurt"),
    "eclampsia": fact(
        "血压[^，。？\\d]{0,5}1[5-9]\\d|眼花|重影|看~(?:模糊|不清)|视物模糊|眼前~[花黑]|抽|blurred vision|headache"
    ),
    "swollen or sore head": fact("头[痛疼晕]|浮肿|脚肿|水肿|腿肿|眼花|恶心|抽|上腹|headache|swollen|swelling"),
    "child in the womb": fact("\\d周|孕|胎|预产期|肚子里|产检|pregnan|weeks"),
    "still": fact(
        "(?:宝宝|胎儿|孩子|娃|他|它|肚子里)[^，。？]{0,8}[没不](?:怎么|太|再)?(?:有)?[动踢](?!手)",
        "[踢动](?:得|的)?(?:很|太|变|明显|越来越)?少|[踢动]了?[一两]次|no movement|stopped moving|not moving",
    ),
    "waters": fact("流[^，。？不没]{0,6}水|下面[^，。？不没]{0,4}水|哗[^，。？]{0,6}水|leaking"),
    "late": fact("孕|\\d周|个月|预产期|产检|weeks"),
    "injected": fact("皮试|输液|打~针|打完|吊水|挂水|注射|造影"),
    "shock": fact("心慌|气短|[脸]~白|冷汗|晕|喘|发抖|意识|血压|憋|胸闷"),
    "breath": fact("喘|憋气|憋得|气短|缺氧|呼吸[^，。？道科内系]{0,3}[快难急响弱费浅]|气~上不来|breath"),
    "colour": fact("[脸嘴面唇][^，。？]{0,4}[白青紫灰乌]|苍白|煞白|惨白|手脚[^，。？]{0,2}(?:冰|凉)|pale|blue"),
    "sweat": fact("冷汗|虚汗|大汗|满头[^，。？]{0,2}汗|一身[^，。？]{0,2}汗|sweating"),
    "dull": fact("昏昏沉沉|迷糊|不理人?|闭着眼|眼睛闭|睁不开|不清醒|糊涂|[叫喊]不|没反应|人[^，。？]{0,3}软|瘫|呼噜声"),
    "faint": fact("眼前[^，。？]{0,2}黑|眼黑|头晕|[要快]晕|站不[住稳起]|dizzy|lighthead"),
    "palpitation": fact(
        "心慌|(?:跳|蹦)出来|心跳[^，。？]{0,4}(?:[快乱蹦]|1[2-9]\\d)|心率[^，。？]{0,4}1[2-9]\\d|心悸|palpitat",
        "heart racing",
    ),
    "agony": fact(
        "剧烈|剧痛|绞痛|[疼痛][得的]~(?:受不了|要命|不行|直不起|打滚|蜷|站不)|疼死|痛死|severe pain|unbearable"
    ),
    "losing blood": fact("(?:出|流|吐|便|拉)[^，。？丝]{0,3}血|血流|黑便|大便[^，。？]{0,3}黑|bleeding"),
    "choked": fact("呛到|呛住|噎|卡住|异物"),
    "shaking": fact("(?:在|直|发|一直|全身|浑身)抖|打颤|寒战"),
    "collapse": fact("倒了|倒下|倒地|晕了|晕过|(?<!面)(?<!偏)瘫|站不起来|起不来"),
    "blind": fact("看不[见清]|双影|重影|视物模糊|瞳孔"),
    "rigid belly": fact("肚子[^，。？]{0,4}硬|板硬|板状|胀得[^，。？]{0,2}[炸爆]"),
    "lying still": fact("不敢动|动不了|不能动|没知觉|动弹不得"),
    "joining": fact(
        "(?:去|想)[^，。？]{0,2}(?:陪|找|见)[^，。？]{0,4}(?:女儿|儿子|他|她|妈|爸|爷|奶|老伴|老公|老婆|孩子)",
    ),
    "beyond": fact("那边|那头|天堂|天上|去世|走了|不在了|地下|等我"),
    "distress": fact("心里[^，。？]{0,2}难受|坐立不安|坐不住|烦躁不安|难受得"),
    "hives": fact("风团|[全满浑]身[^，。？]{0,4}[疹包痒]|hives|rash all over"),
    "farewell": fact("(?:今晚|今夜|准备)[^，。？]{0,3}走|我[先要]?走了|先走了|再见了|永别|告别"),
    "last words": fact("再见|保重|对不起|照顾好|别找我|不要找我|人间|下辈子|爸妈|孩子就"),
    "fall": fact("[摔跌坠砸]|掉下|滚下|撞|车祸|磕|碰到头|着地|fell|falls|crash|hit (?:his|her|my|the) head"),
    "stunned": fact(
        "不动|没动静|昏|晕|没反应|吐了|呕吐|一直吐|在吐|又吐|吐~次|迷糊|不清醒|嗜睡|想睡|犯困|叫不|动不了|不能动",
        "站不起|起不来|爬不起|抽|[耳鼻][^，。？]{0,3}[出流]|血~多|流血~|不记得|记不",
        "not moving|vomit|confused|sleepy|unconscious",
    ),
    "tightness": fact("胸闷|胸口~[闷堵沉]|憋气|心慌|发慌|心悸|心跳~快|气短|chest.{0,12}tight|tight.{0,12}chest"),
    "cold sweat": fact(
        "冷汗|大汗|出汗|满头~汗|(?:后背|左肩|左胳膊|左臂|左手|左半|肩膀|下巴|牙)~[疼痛麻酸]|眼前~黑|[要快]晕",
        "脸色~[白灰青]|濒死|嘴唇~[紫白]|手脚冰[凉冷]|喘|难受[得的]~(?:不行|厉害|受不了|要命)",
        "sweat|left arm|jaw",
    ),
    "given or eaten": fact(
        "打~针|打[完了][^，。？]{0,4}(?:疫苗|霉素|头孢|点滴|药)|输液|吊水|挂水|青霉素|疫苗",
        "吃[^，。？]{1,6}(?:以后|之后|后|过敏)|吃了|吃完|喝了|抹了",
        "涂了|被[^，。？]{0,4}[咬蜇蛰叮]|过敏|皮试",
        "染发|ate|eating|eaten|stung|injection|allerg",
    ),
    "airway": fact(
        "[喉嗓舌咽](?:咙|子|头|喉)?~(?:紧|肿|堵|麻)|(?:嘴[唇巴]?|舌头|眼睛|整个脸|脸)(?:都|也|和|跟|全)*~肿|喘|憋",
        "全身~(?:疹|包|疙瘩|风团|红)…(?:晕|恶心|吐|肚子)|血压~低",
        "throat|tongue|lips|wheez|hives.{0,20}dizz",
    ),
    "poison about": fact(
        "农药|煤气|烧炭|炭火|一氧化碳|假酒|甲醇|马蜂|胡蜂|蜜蜂|蝎|蜈蚣|蛇|蘑菇|菌子|河豚|木耳|扁豆|四季豆|鱼胆",
        "发霉|毒|野果|油漆|杀虫|野生菌",
        "菌火锅|吃[^，。？]{0,3}菌|煤炉|炭盆",
        "打药|喷药|工业酒精|[蜇蛰]|老鼠药|沼气|汽油|天然气",
    ),
    "unwell": fact(
        "头[晕痛疼昏]|恶心|吐|喘|看不[见清]|看东西|模糊|站不|全身|浑身|风团|肿|流口水|昏|晕|意识|抽|心慌|抖|出汗",
        "麻|难受",
        "没力气|说胡话|dizzy|vomit|faint",
    ),
    "crowning": fact("(?<!石)头(?:都|已经|快|要|就)*(?:露出来|出来|露)|露头|(?:看见|看到|摸到)~头|脚~出来"),
    "labour": fact("生|宫缩|羊水|孕|产"),
    "chest": fact("胸(?!部?ct|片|透|外)|心口|心窝|心前区|chest"),
    "testicle": fact("睾丸|蛋蛋?(?=疼|痛)|蛋蛋|阴囊|testic"),
    "a little": fact(
        "少量|一点|有点|点滴|褐色|咖啡色|粉色|见红(?![^。？]{0,5}(?:很多|好多|大|涌))|血丝|spotting|a little",
        "slight",
    ),
    "a child": fact(
        "[一二三四五六七八九1-9]周?岁|(?<!\\d)1[0-3]周?岁|十[一二三]?岁|幼儿园|小学|女童|男童|小女孩|小男孩|孩子",
        "宝宝|女儿|侄女|外甥女|孙女|闺女",
    ),
    "disease of sex": fact("淋病|梅毒|尖锐湿疣|生殖器疱疹|菜花|性病|hpv[^，。？]{0,3}阳|chlamydia|gonorrh"),
    "of a girl": fact("下面|下体|下身|私处|阴道|内裤|尿尿的地方|捅屁股"),
    "by somebody": fact("弄|摸|碰|脱[她我裤]|捅|欺负|表哥|堂哥|叔|邻居|老师|舅|爷爷|继父|后爸|男的|网友|同学"),
    "means": fact("跳楼|跳河|跳江|跳桥|上吊|烧炭自杀|割腕|服毒|喝药|自杀|轻生|吞药|开煤气|hang|suicide"),
    "found": fact(
        "刚发现|被~发现|发现~(?:的时候|时|了)|救下|救上|抢救|送到?去?往?~医院|还有[^，。？]{0,3}气|放下来|没气",
        "流~血|昏迷|不省|叫不",
        "醒不|还有呼吸|在地上|cut down|found",
    ),
    "under age": fact(
        "(?<![\\d\\-到至.])(?:9|1[0-3])周?岁(?!以上|的时候|那年|以下|到|-|至)",
        "(?<![二三四五六七八九])(?:九|十|十一|十二|十三)周?岁(?!以上|的时候)|虚岁(?:1?[0-4]|十[一二三四]?)",
        "(?:九|十|十一|十二|十三|9|1[0-3])了|不到1[0-4]岁",
        "[未不]满(?:1[0-4]|十四)",
        "才(?:九|十|十一|十二|十三)(?=岁|[，。？]|$)|(?:才|刚满)1?[0-3](?=岁|[，。？]|$)|才1?[0-3](?=[，。？]|$)",
        "我(?:今年|才|刚|刚满|快)*1[0-3](?!\\d|[周天号点个年月%.])|今年1[0-3](?=[，。？]|$)",
        "小学生?|六年级|五年级|四年级|初一|初二|初中生?|幼女|未成年|上初中",
        "(?:\\b[1-9]|1[0-3])[ -]?(?:ye?a?rs?[ -]old|y/?o)\\b",
        "(?:i'?m|i am|im|aged?) 1[0-3]\\b(?! ?weeks| ?days| ?months| ?w)",
        "(?:nine|ten|eleven|twelve|thirteen)[ -]years?[ -]old",
    ),
    "sexual": fact(
        "怀孕|怀上|怀了|有了身孕|有喜|有了身子|有孕|验孕|两条杠|停经|流产|人流|药流|打胎|堕胎|引产|早孕|发生~性?关系",
        "同房|性行为",
        "性生活|性关系|做爱|上床|啪啪|那个了|睡过|肚子~大|肚子里有|避孕套|安全套|避孕药|毓婷|事后药",
        "紧急避孕|性病|梅毒|淋病|尖锐湿疣|生殖器疱疹|大肚子|睡了~男|和男~睡|pregnan|abortion|\\bsex\\b|std\\b",
        "morning after",
    ),
    # With these it is no child that is pregnant.
    "mother": fact(
        f"{_MOTHER}(?:怀孕|怀了|怀上|备孕|二宝|流产|人流|停经)[^，。？]{{0,3}}(?:了|的|中|后|\\d|[，。？]|$){_NO_AGE}",
        "儿子|大女儿|大宝|老大|二胎|三胎|备孕|没有?过?(?:性生活|性行为)|疫苗|hpv|九价|包皮|mother of|my son",
    ),
}
GRAVE = (
    "breath",
    "colour",
    "sweat",
    "dull",
    "faint",
    "palpitation",
    "agony",
    "losing blood",
    "choked",
    "shaking",
    "collapse",
    "blind",
    "rigid belly",
    "lying still",
    "distress",
)
"""Any two of these are one; alone, each may be a cold, a headache or a bad night."""
TOGETHER = (
    Together(BODY, "critical", ("very hot", "fit")),
    Together(BODY, "critical", ("hot", "barely awake")),
    Together(BODY, "critical", ("very hot", "poorly")),
    Together(BODY, "critical", ("newborn", "not well")),
    Together(BODY, "critical", ("cephalosporin", "alcohol", "reaction")),
    Together(BODY, "attention", ("cephalosporin", "alcohol")),
    Together(BODY, "critical", ("missed period", "severe pain", "belly")),
    Together(BODY, "critical", ("pregnant", "blood", "pain")),
    Together(BODY, "critical", ("pregnant", "blood"), unless="a little"),
    Together(BODY, "critical", ("crowning", "labour")),
    Together(BODY, "critical", ("chest", "severe pain")),
    Together(BODY, "critical", ("very hot", "belly", "severe pain")),
    Together(BODY, "critical", ("very hot", "rigid belly")),
    Together(BODY, "critical", ("testicle", "severe pain")),
    Together(BODY, "critical", ("poison about", "unwell")),
    Together(BODY, "critical", ("pregnant", "eclampsia", "swollen or sore head")),
    Together(BODY, "critical", ("still", "child in the womb")),
    Together(BODY, "critical", ("fall", "stunned")),
    Together(BODY, "critical", ("tightness", "cold sweat")),
    Together(BODY, "critical", ("given or eaten", "airway")),
    Together(DONE, "critical", ("means", "found")),
    Together(BODY, "critical", ("waters", "late")),
    Together(BODY, "critical", ("injected", "shock")),
    Together(BODY, "critical", ("hives", "faint")),
    Together(BODY, "critical", ("hives", "breath")),
    Together(BODY, "critical", GRAVE, least=2),
    Together(MIND, "critical", ("farewell", "last words")),
    Together(MIND, "critical", ("joining", "beyond")),
    Together(PROTECT, "critical", ("under age", "sexual"), unless="mother"),
    Together(PROTECT, "critical", ("a child", "of a girl", "by somebody")),
    Together(PROTECT, "critical", ("a child", "disease of sex"), unless="mother"),
)
