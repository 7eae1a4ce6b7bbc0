"""What takes the danger out of words: that they are denied, long past, only imagined, or asked about in general.

A frame speaks for its clause, some for the rest of its sentence. What is wanted is recall: each frame must show itself
in words, and whatever shows that it happens now keeps it out.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_NO = (
    r"(?:(?<!有)没有?|木有|(?<![是对好行能会要怕])不(?:是|会|再|曾)?|不存在|并非|否认|(?<!有)无|未|排除|毫无|从来不|"
    r"\b(?:no|not|never|without|denies|denied|don'?t have|doesn'?t have|didn'?t have|haven'?t had|hasn'?t had|isn'?t|"
    r"wasn'?t|aren'?t|not having|don'?t|doesn'?t|didn'?t)\b)"
)
_BETWEEN = (
    r"(?:有过?|过|再|任何|什么|明显|出现|发生|发现|感觉|感到|觉得|特别|那么|很|太|的|了|到|想|要|说|被|去|吃|喝|吞|服|用|碰|倾向|发烧|发热|头晕|恶心|呕吐|"
    r"头痛|头疼|咳嗽|胸闷|心慌|腹痛|腹泻|高烧|或者?|和|及|与|也|都|、|"
    r" |any|an?|the|have|had|having|been|feeling|experiencing|signs? of|symptoms? of|fever|cough|or|and|nausea|"
    r"going to|thinking (?:of|about)|want(?:ing)? to|trying to|planning to|severe|serious|more)"
)
_NEGATED = re.compile(rf"{_NO}{_BETWEEN}{{0,8}}$")
_NEGATED_AFTER = re.compile(
    r"(?:的?(?:情况|症状|现象|感觉|想法|念头|倾向))?(?:倒是|倒|也|都|是)?(?:没有|没|不明显)(?:过|的|啊|呢|吧)?(?:[，。？]|$)"
)

_PAST = re.compile(
    r"以前|从前|去年|前年|大前年|小时候|幼年|童年|年轻(?:的)?时|曾经|曾(?!祖|奶)|当年|那年|多年前|年前|个月前|个多月前|"
    r"(?:上|前)(?:个月|半年)|早年|早些年|(?:19|20)\d\d年|既往|病史|上(?:次|回)|前几年|"
    r"(?:years?|months?|decades?) ago|last (?:year|month)|when i was|as a (?:child|kid|teenager)|used to|history of|"
    r"in (?:19|20)\d\d\b|back in|previously|in the past|ever had|formerly|had an? .{0,20}(?:before|already)"
)
_LATELY = re.compile(
    r"上周|上个?星期|上个?礼拜|前几天|前些天|前段时间|前阵子|之前|前两天|(?<!\d)天前|last week|days ago"
)
_NOW = re.compile(
    r"现在|刚才|刚刚|刚(?!好|需)|此刻|目前正|正在|正(?=抽|吐|流|疼|痛)|突然|忽然|今天|今早|今晚|昨天|昨晚|昨夜|"
    r"早上起|又(?!称|叫|名)|一直(?:在)?(?!想)|越来越|还在|分钟|半小时|小时了|救命|赶紧|快来|马上|立刻|急死|这会|这两天|"
    r"\b(?:now|just|suddenly|today|tonight|right now|currently|this morning|again|keeps?|still|minutes?|hours?|help|"
    r"is having|are having|am having|getting worse|been)\b"
)
_OVER = re.compile(r"过(?!来|去|敏|程|后|度|量|劳|山车|得)|(?:had|been) .{0,20}before")
_TOLD = re.compile(r"当时|那时|后来|住院|抢救(?:过来|回来|了)|(?:[一两二三几半好\d]+)(?:天|周|个月|年|次|回)")

_IF = re.compile(
    r"如果|假如|要是|万一|假设|倘若|若是|若(?=出现|发生)|一旦|遇到|碰到|碰见|遇见|看到有人|有人(?=.{0,12}(?:怎么|如何|该|应))|"
    r"\b(?:if|what if|in case|suppose|when someone|when somebody|whenever)\b"
)
_MAYBE = re.compile(
    r"会不会|是否会|会否|怕(?!是)|担心|害怕|以防|避免|防止|预防|小心|容易|(?:会|可能|能|易)(?:导致|引起|引发|造成|出现|发生|有|产生)|"
    r"有没有可能|风险|不会|能不能|"
    r"\b(?:can|could|will|would|does|do|may|might)\b.{0,40}\b"
    r"(?:cause|lead to|trigger|result in|make|get|give|have|happen)\b|"
    r"\b(?:risk of|chance of|afraid of|worried about|prevent|avoid|side effects?)\b"
)
_MAY = re.compile(r"会[^，。？]{0,6}$")
_ASKS = re.compile(r"[^，。？]{0,8}(?:吗|嘛|么|吧|不)?？|[^，。？]{0,8}(?:吗|嘛|么)(?:[，。？]|$)")
_WHENEVER = re.compile(r"的话|(?:发作|发生|的)?(?:时候?|之?后)(?=.{0,6}(?:怎么|如何|该|应|要|需))")

_KNOWLEDGE = re.compile(
    r"是什么(?!原因|情况|问题|毛病|回事|病|意思啊)|什么是|什么叫|啥叫|啥是|有哪些|有什么(?:症状|表现|区别|危害|后果|影响|方法|办法|征兆|前兆)|"
    r"什么(?:症状|表现|感觉|前兆|区别)|哪些(?:症状|表现|人|情况)|症状是|的症状有|早期症状|前兆|先兆(?!流产)|征兆|区别|并发症|原理|概率|几率|"
    r"发病率|死亡率|存活率|科普|知识|讲座|培训|课程|论文|作业|考试|题目|预防|预测|筛查|遗传|传染|怎么避免|如何避免|怎样避免|如何判断|怎么判断|如何识别|"
    r"怎么识别|疫苗|保险|中心|绿色通道|电影|小说|电视剧|新闻|"
    r"what (?:is|are)(?! happening| wrong| going)\b|signs? of\b.{0,20}(?:\?|？)|difference between|"
    r"how (?:do|can) (?:i|you|we|one) (?:prevent|tell|recognize|recognise|avoid|know)|"
    r"how to (?:prevent|tell|recognize|recognise|avoid|know)|prevention|statistics|"
    r"article|leaflet|course|training|vaccine|screening"
)
_PRICE = re.compile(
    r"多少钱|费用|价格|收费|价位|花多少|要花|贵不贵|贵吗|报销|医保|优惠|便宜|预约|"
    r"\b(?:cost|costs|price|prices|fee|fees|how much|insurance|appointment|book)\b"
)
_GENERAL = re.compile(
    r"怎么治(?!不好)|如何治|怎样治|怎么引起|怎么处理|如何处理|怎样处理|急救方法|如何急救|怎么急救|怎样急救|怎么抢救|"
    r"应该怎么|该怎么|应该如何|一般|通常|正常吗|能治|治得好|治愈|"
    r"what should (?:i|you|one|we) do|what to do|first aid|treat(?:ment|ed)?|"
    r"why (?:do|does|is|are)|is it (?:dangerous|serious)"
)
_WHAT_NOW = re.compile(r"怎么办|咋办|怎么回事|咋回事|什么原因|啥原因|严重吗|要紧吗|危险吗|为什么|为啥")
_ANYBODY = re.compile(
    r"小儿|儿童|小孩子?(?!现|正|突|刚|一直|在|已)|婴儿|婴幼儿|老年人|老人(?!家|突|现|刚|在|已)|孕妇|产妇|患者|病人|人们|有人|别人|他人|路人|"
    r"someone|somebody|people|patients?|a person|a child|children|babies|adults"
)
_AFTER = re.compile(
    r"后遗症|康复|恢复期|恢复得|术后|手术后|复查|复诊|病史|史(?:$|[，。？])|出院|住院(?!部)|吃什么|护理|饮食|支架|多年|"
    r"[一两二三四五六七八九十几半\d]+(?:多)?(?:年|个月)(?:了|前|多|以上)|期间?的?(?:患者|病人)|患者|病人|治好|已经好|好了(?!好)|"
    r"rehab|recovery|recovering|recovered|follow[- ]?up|survivor|post-?stroke|after (?:a|my|his|her|the) "
)
_SUSPECTED = re.compile(
    r"突发|急性|好像|疑似|是不是|像是|怀疑|可能是|怕是|恐怕|应该是|感觉是|犯了|发作|又犯|倒(?:地|下)|了(?=[，。？]|$|怎么|快|咋|救)|"
    r"(?:think|thinks|maybe|might be|having|has had|looks like|suspect|could be)\b"
)
_OWN = re.compile(
    r"我|俺|咱|本人|爸|妈|爹|娘|他|她|孩子|小孩|娃|宝宝|宝贝|儿子|女儿|闺女|老公|老婆|丈夫|妻子|媳妇|爷|奶|姥|外公|外婆|哥|姐|弟|妹|叔|姑|舅|姨|婆婆|公公|岳|"
    r"朋友|同事|同学|邻居|室友|家里|老人家|家人|父亲|母亲|旁边|男友|女友|对象|老头|老太|"
    r"\b(?:i|i'm|im|i've|my|he|she|he's|she's|we|our|his|her)\b"
)
_MILD = re.compile(
    r"偶尔|有时|时不时|隐隐|轻微|稍微|一点点|咳嗽时|咳嗽的时候|按着|按压|按下去|好几个月|几个月|半年|好几年|几年了|多年|长期|老毛病|慢性|"
    r"一年|两年|三年|反反复复|occasional|sometimes|mild|slight|for (?:months|years)|every now and then|now and then"
)
_SEVERE = re.compile(
    r"剧烈|厉害|受不了|要命|大汗|冷汗|出汗|喘|憋|难受得|快要|不行了|越来越|加重|加剧|严重|发黑|持续|特别疼|特别痛|很疼|很痛|非常|疼死|痛死|"
    r"左肩|左臂|左胳膊|后背|突然|severe|terrible|crushing|worse|sweat|unbearable|sudden|really bad"
)

_BREAKS = re.compile(r"[，。？]")
NEAR = 48
"""So many characters on either side are looked at: a clause without end must not cost more for each of its words."""


@dataclass(slots=True)
class Spoken:
    """A text in its one spelling, with the places where its clauses and sentences begin."""

    text: str
    clauses: list[int] = field(default_factory=lambda: [0])
    sentences: list[int] = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        for sign in _BREAKS.finditer(self.text):
            self.clauses.append(sign.end())
            if sign[0] != "，":
                self.sentences.append(sign.end())

    def around(self, start: int, end: int) -> "Place":
        """Where the words from `start` to `end` stand."""
        clause = self.clauses[bisect_right(self.clauses, start) - 1]
        sentence = self.sentences[bisect_right(self.sentences, start) - 1]
        return Place(
            before=self.text[max(clause, start - NEAR) : start],
            said=self.text[start:end],
            after=self.text[end : min(self._next(self.clauses, end), end + NEAR)],
            earlier=self.text[max(sentence, clause - NEAR) : clause],
            later=self.text[end : min(self._next(self.sentences, end), end + NEAR)],
        )

    def _next(self, starts: list[int], end: int) -> int:
        at = bisect_right(starts, end)
        return starts[at] if at < len(starts) else len(self.text)


@dataclass(frozen=True, slots=True)
class Place:
    """Some words, and what is said around them: in their clause, earlier and later in the sentence."""

    before: str
    said: str
    after: str
    earlier: str
    later: str

    @property
    def clause(self) -> str:
        return self.before + self.said + self.after

    def negated(self) -> bool:
        return bool(_NEGATED.search(self.before) or _NEGATED_AFTER.match(self.after))

    def past(self) -> bool:
        """Long ago, and nothing in its clause says that it is so again."""
        if _NOW.search(self.clause):
            return False
        if _PAST.search(self.clause) or _OVER.match(self.after):
            return True
        return bool(_PAST.search(self.earlier) and _TOLD.search(self.clause))

    def lately(self) -> bool:
        """Not today, and not long ago."""
        return bool(_LATELY.search(self.clause)) and not _NOW.search(self.clause)

    def imagined(self) -> bool:
        """Something that might be: said before it, or asked of it."""
        if self.now():
            return False
        if _IF.search(self.earlier) or _IF.search(self.before) or _MAYBE.search(self.before):
            return True
        return bool((_MAY.search(self.before) and _ASKS.match(self.after)) or _WHENEVER.match(self.after))

    def conditional(self) -> bool:
        """Only if: said before it, in so many words."""
        return bool(_IF.search(self.earlier) or _IF.search(self.before)) and not self.now()

    def asked_about(self) -> bool:
        """The word is the subject of a question, a lesson or a price, rather than of a report."""
        if self.now():
            return False
        if _KNOWLEDGE.search(self.clause):
            return True
        anybodys = bool(_ANYBODY.search(self.clause))
        if _GENERAL.search(self.later):
            return anybodys or not self.somebodys()
        return anybodys and bool(_WHAT_NOW.search(self.later))

    def of_a_price(self) -> bool:
        return bool(_PRICE.search(self.clause)) and not self.now()

    def over(self) -> bool:
        """What is spoken of is its treatment, or what it left behind."""
        return bool(_AFTER.search(self.clause)) and not self.now()

    def now(self) -> bool:
        return bool(_NOW.search(self.clause))

    def suspected(self) -> bool:
        """Somebody has, or may have, the illness that is named."""
        around = self.before + self.after
        return self.now() or bool(_SUSPECTED.search(around)) or bool(_NOW.search(self.earlier))

    def somebodys(self) -> bool:
        """Of a person whom the writer knows."""
        return bool(_OWN.search(self.clause) or _OWN.search(self.earlier))

    def mild(self) -> bool:
        return bool(_MILD.search(self.clause)) and not _SEVERE.search(self.clause + self.later)
