"""Normalises what people type: corrected typing errors, simplified characters, and three punctuation marks.

`，` ends a clause, `。` and `？` end a sentence; nothing else does. Nothing here judges what a text means.
"""

import re
import unicodedata

from chatserver.domain.emergency_words.needed import pieces_of, telling

_TRADITIONAL = (
    "亂乱個个倆俩們们傷伤兒儿兩两冇没凍冻別别刪删剛刚創创動动勞劳區区醫医協协卻却厭厌參参呎尺咁这嗎吗嗆呛嘔呕噁恶"
    "嚇吓嚴严噴喷囉啰園园圍围執执報报場场墮堕墜坠壓压壞坏夠够奪夺婦妇媽妈嬰婴學学孫孙寢寝實实寧宁將将對对導导屍尸層层"
    "嶽岳帶带幫帮幾几廁厕強强張张彎弯後后從从徵征復复恥耻悶闷惡恶愛爱態态慘惨慮虑慣惯憂忧應应懷怀戀恋戶户掙挣"
    "採采揮挥損损搖摇摀捂撐撑撲扑擇择擔担據据擠挤擰拧攔拦敗败敵敌數数斷断於于時时暈晕暫暂曆历書书會会東东條条"
    "極极樓楼樣样橋桥機机檢检權权歲岁歷历歸归殺杀殘残殼壳氣气決决沒没況况涼凉淚泪減减測测湯汤溫温滅灭滿满漸渐潰溃"
    "為为無无煙烟煩烦熱热燒烧燙烫營营爐炉爛烂爺爷爾尔牆墙狀状狹狭獨独產产畢毕異异當当疊叠痠酸瘋疯療疗瘧疟癇痫癒愈"
    "癡痴癥症"
    "發发盡尽監监盤盘眾众睏困睜睁瞭了瞼睑砲炮確确碼码礙碍禍祸稱称穩稳窮穷竄窜筆笔節节篩筛簡简糧粮糾纠紅红"
    "約约級级紋纹純纯紙纸細细終终組组結结絕绝給给統统絲丝經经維维綁绑緊紧線线緩缓縫缝縮缩繃绷繩绳續续纏缠罵骂"
    "習习聖圣聞闻聲声聽听職职肅肃脅胁脈脉脫脱腎肾腦脑腫肿腳脚腸肠膚肤膽胆膿脓臉脸臟脏與与舊旧艱艰莖茎莊庄華华"
    "萬万葉叶葯药著着蒼苍蓋盖薑姜藥药蘇苏虛虚號号蛻蜕術术衛卫衝冲補补裏里裡里製制複复見见視视親亲覺觉觀观觸触計计"
    "訊讯記记訓训許许訴诉診诊詢询試试話话該该詳详認认語语誤误說说誰谁調调請请談谈論论證证識识譜谱護护變变讓让財财貨货"
    "費费貼贴資资賓宾質质賴赖趕赶趙赵跡迹踐践蹤踪躍跃車车軟软較较載载輕轻輪轮輸输輾辗轉转辦办農农這这連连進进遊游"
    "運运過过"
    "達达違违遠远適适遲迟遺遗還还邊边郵邮鄰邻醬酱醜丑醞酝釋释針针鈕钮鉛铅銀银鋒锋錢钱錯错鍾钟鎮镇鐘钟長长門门閉闭開开"
    "間间閃闪關关陰阴陣阵陽阳隊队階阶際际險险隨随隱隐雖虽雙双雞鸡離离難难電电霧雾靜静頂顶順顺預预頓顿頭头頸颈頻频題题"
    "額额顏颜願愿類类顯显風风飛飞飯饭飲饮養养餓饿餘余驗验驚惊體体髒脏鬆松鬧闹魚鱼鮮鲜鹼碱麵面黃黄點点麼么齒齿嗰那"
    "喺在唔不佢他冇没咗了嘅的俾被畀被啲些"
)
_SIGNS = {",": "，", ";": "，", ":": "，", "(": "，", ")": "，", "~": "，", "—": "，", "…": "，", '"': "，"}
_SIGNS |= {
    "“": "，",
    "”": "，",
    "「": "，",
    "」": "，",
    "【": "，",
    "】": "，",
    "[": "，",
    "]": "，",
    "|": "，",
    "*": "，",
}
_SIGNS |= {"!": "。", "\n": "。", "\r": "。", "?": "？", "’": "'", "‘": "'", "`": "'", "´": "'", "\t": " "}
_HIDDEN = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF))
CHARACTERS = str.maketrans(dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)) | _SIGNS) | _HIDDEN

DOTS = re.compile(r"\.{2,}")
DOT = re.compile(r"\.(?!\d)|(?<!\d)\.")
_HAN = "\u4e00-\u9fff"
SPACED_OUT = re.compile(rf"(?<![{_HAN}])[{_HAN}](?: +[{_HAN}](?![{_HAN}])){{2,}}")
SPACES = re.compile(r" +")
SPACE = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}a-z])|(?<=[a-z\d]) (?=[{_HAN}])")
SPACE_AT_NUMBER = re.compile(rf"(?<=[{_HAN}]) (?=\d)|(?<=\d) (?=[岁周度天个点分片粒颗年月号小多次米斤瓶盒板毫℃])")

MEANT = {
    "胸口痛": "xiong ?kou ?t(?:eng|ong)",
    "抽搐": "抽[畜蓄触处]|抽搐搐|chou ?chu",
    "昏迷": "[婚浑]迷|昏[谜米弥]",
    "晕倒": "[云运韵]倒|晕[到道](?=了|在|过|地)|晕低|yun ?dao",
    "胸口": "[凶兄汹][口扣]|胸[囗扣]|xiong ?kou",
    "胸痛": "[凶兄]痛|胸通|xiong ?tong",
    "胸闷": "[凶兄]闷|胸[焖门](?!部|口|框)",
    "心口疼": "心口[腾藤]",
    "自杀": "紫砂(?!壶|锅|杯|茶)|自[鲨啥嘎]|自[沙纱刹]|自s(?:ha)?(?![a-z])|zi ?sha(?![a-z])",
    "割腕": "[割隔][晚碗婉]|ge ?wan(?![a-z])",
    "农药": "浓药|[农浓][要耀](?![^，。？]?求)|nong ?yao",
    "喘不上气": "[唞抖]不到气|chuan ?bu ?(?:shang|guo) ?(?:lai ?)?qi|[踹揣]不[上过]来?气|喘不[上过]来?[器汽起](?!来)",
    "呼吸困难": "hu ?xi ?kun ?nan|呼[息西]困难|呼吸[昆捆]难|呼吸困[南男]",
    "想死": "想(?:4|鼠|亖|似)(?=了|$|，|。)",
    "没有": "莫得|冇得|木得",
    "头": "脑壳",
    "没反应": "没反映(?=[，。？]|$)",
    "心梗": "新梗|心[埂耿更]",
    "脑梗": "脑[埂耿更]",
    "中风": "中[枫疯](?!子)",
    "窒息": "窒[吸熄]|[志质至]息",
    "羊水": "[洋养]水(?=破|流|漏|少|没)",
    "破水": "坡水",
    "止不住": "止不[主注柱]|[只制治]不住(?=血)",
    "吐白沫": "[土吐]白[末莫默墨]",
    "翻白眼": "[番翻]白[言验演]",
    "百草枯": "百草[哭苦估]",
    "休克": "休[客刻课]",
    "怀孕": "怀[运云](?!动)|[坏槐]孕",
    "不想活": "不[象像]活|[步布]想活|bu ?xiang ?huo",
    "停经": "停[精径]",
    "过敏": "过[民悯]",
    "意识": "[义异]识",
    "头孢": "头[包胞抱](?=[^，。？]{0,4}[喝酒吃])",
    "安眠药": "安[绵棉]药|安眠[要]",
    "流血": "留血",
    "大出血": "大[初除]血",
    "救命": "jiu ?ming",
    "家暴": "家[爆报](?=[^，。？]{0,3}(?:我|了|$))",
}
"""What is meant → how it is mistyped: by characters that sound or look alike, or in pinyin."""

MISTYPED = re.compile("|".join(f"({pattern})" for pattern in MEANT.values()))
MISTYPED_PIECES = telling("|".join(MEANT.values()))
_MEANING = tuple(MEANT)


def plainly(text: str) -> str:
    """`text` as the other modules read it. It is at most as long as its NFKC form with all corrections."""
    return plainly_with_pieces(text, MISTYPED_PIECES)[0]


def plainly_with_pieces(text: str, telling: frozenset[str]) -> tuple[str, frozenset[str]]:
    """The same, with those pieces of `telling` that it contains; `telling` must include `MISTYPED_PIECES`."""
    # NFKC does the same, but takes ten times as long for a text that contains one of these.
    usual = text.replace("，", ",").replace("？", "?").replace("！", "!").replace("：", ":")
    found = unicodedata.normalize("NFKC", usual).casefold().translate(CHARACTERS)
    if "." in found:
        found = DOT.sub("。", DOTS.sub("，", found))
    if " " in found:
        found = SPACES.sub(" ", found)
        found = SPACED_OUT.sub(lambda hit: hit[0].replace(" ", ""), found)
        found = SPACE.sub("，", SPACE_AT_NUMBER.sub("", found))
    pieces = pieces_of(found, telling)
    if pieces.isdisjoint(MISTYPED_PIECES):
        return found, pieces
    meant = MISTYPED.sub(lambda hit: _MEANING[(hit.lastindex or 1) - 1], found)
    return meant, pieces if meant == found else pieces_of(meant, telling)
