"""What people say around a sign: denials, times, suppositions and questions, in both languages.

`frames` uses them to judge signs.
"""

import re

NO = (
    r"(?:(?<!有)没有?|木有|(?<![是对好行能会要怕])不(?:是|会|再|曾)?|不存在|并非|否认|(?<!有)无|未|排除|毫无|从来不|"
    r"\b(?:no|not|never|without|denies|denied|don'?t have|doesn'?t have|didn'?t have|haven'?t had|hasn'?t had|isn'?t|"
    r"wasn'?t|aren'?t|not having|don'?t|doesn'?t|didn'?t)\b)"
)
BETWEEN = (
    r"(?:有过?|过|再|任何|什么|明显|出现|发生|发现|感觉|感到|觉得|特别|那么|很|太|的|了|到|想|要|说|被|去|"
    r"胸[痛闷疼]|呼吸困难|昏迷|抽搐|吃|喝|吞|服|用|碰|倾向|发烧|发热|头晕|恶心|呕吐|"
    r"头痛|头疼|咳嗽|胸闷|心慌|腹痛|腹泻|高烧|或者?|和|及|与|也|都|、|"
    r" |any|an?|the|have|had|having|been|feeling|experiencing|signs? of|symptoms? of|fever|cough|or|and|nausea|"
    r"going to|thinking (?:of|about)|want(?:ing)? to|trying to|planning to|severe|serious|more)"
)
NEGATED = re.compile(rf"{NO}{BETWEEN}{{0,8}}$")
NEGATED_AFTER = re.compile(
    r"(?:的?(?:情况|症状|现象|感觉|想法|念头|倾向))?(?:倒是|倒|也|都|是)?(?:没有|没|不明显)(?:过|的|啊|呢|"
    r"吧)?(?:[，。？]|$)"
)

PAST = re.compile(
    r"以前|从前|去年|前年|大前年|小时候|幼年|童年|年轻(?:的)?时|曾经|曾(?!祖|奶)|当年|那年|多年前|年前|个月前|个多月前|"
    r"(?:上|前)(?:个月|半年)|早年|早些年|(?:19|20)\d\d年|既往|病史|[得患犯出遭有]过|经历过|"
    r"(?:怀|生)(?:大宝|老大|一胎|头胎|第一胎)|上一胎|年轻时|上学(?:的)?时|上(?:次|回)|上月|前几年|"
    r"(?:years?|months?|decades?) ago|last (?:year|month)|when i was|as a (?:child|kid|teenager)|used to|history of|"
    r"in (?:19|20)\d\d\b|back in|previously|in the past|ever had|formerly|had an? .{0,20}(?:before|already)"
)
LATELY = re.compile(
    r"上周|上个?星期|上个?礼拜|前几天|前些天|前段时间|前阵子|之前|前两天|(?<!\d)天前|last week|days ago"
)
NOW = re.compile(
    r"现在|刚才|刚刚|刚(?!好|需)|此刻|目前正|正在|正(?=抽|吐|流|疼|痛)|今天|今早|今晚|昨天|昨晚|昨夜|"
    r"早上起|又(?!称|叫|名)|一直(?:在)?(?!想)|越来越|还在|分钟|半小时|小时了|救命|赶紧|快来|马上|立刻|急死|这会|这两天|"
    r"\b(?:now|just|today|tonight|right now|currently|this morning|again|keeps?|still|minutes?|hours?|help|"
    r"is having|are having|am having|getting worse|been)\b"
)
SUDDENLY = re.compile(r"突然|忽然|忽然间|猛地|一下子|suddenly")
AGAIN = re.compile(
    r"(?:现在|今天|今早|今晚|这次|这回|刚才|刚刚|突然|昨晚)[^，。？]{0,6}(?:厉害|加重|严重|更|又|特别|不行|犯|"
    r"发作|疼|痛|喘)|"
    r"(?:没用|不管用|不起作用|没缓解|不见好)"
)
ONCE = re.compile(
    r"^[^。？]{0,12}(?:以前|去年|前年|小时候|曾经|\d年前?的?|[几一二两三四五六七八九十]年前)[^，。？]{0,3}(?:有过|"
    r"过一次|的事|的(?=[，。？]|$)|做的)"
)
HOME_AGAIN = re.compile(r"^[^。？]{0,10}(?:已经|早就|都)[^，。？]{0,3}(?:出院|治好|好了|恢复)|换药")
STUDY = re.compile(r"护考|考题|考试题|考研|执医|写论文|做题|题目|课本|教材|写小说|剧本|谣言|好奇问|好奇")
ANIMAL = re.compile(r"狗狗|猫咪|宠物|小狗|小猫|我家[狗猫]|^[狗猫](?![^，。？]{0,3}[咬抓])")
SCAR = re.compile(r"[^，。？]{0,4}(?:疤|伤痕|痕迹)")
OVER = re.compile(r"过(?!来|去|敏|程|后|度|量|劳|山车|得)|(?:had|been) .{0,20}before")
TOLD = re.compile(r"当时|那时|后来|住院|抢救(?:过来|回来|了)|(?:[一两二三几半好\d]+)(?:天|周|个月|年|次|回)")

IF = re.compile(
    r"如果|假如|要是|万一|假设|倘若|若是|若(?=出现|发生)|一旦|遇到|碰到|碰见|遇见|看到有人|"
    r"有人(?=.{0,12}(?:怎么|如何|该|应))|"
    r"\b(?:if|what if|in case|suppose|when someone|when somebody|whenever)\b"
)
MAYBE = re.compile(
    r"会不会|是否会|会否|怕(?!是)|担心|害怕|以防|避免|防止|预防|小心|容易|"
    r"(?:会|可能|能|易)(?:导致|引起|引发|造成|出现|发生|有|产生)|"
    r"有没有可能|风险|不会|能不能|"
    r"\b(?:can|could|will|would|does|do|may|might)\b.{0,40}\b"
    r"(?:cause|lead to|trigger|result in|make|get|give|have|happen)\b|"
    r"\b(?:risk of|chance of|afraid of|worried about|prevent|avoid|side effects?)\b"
)
MAY = re.compile(r"会[^，。？]{0,6}$")
ASKS = re.compile(r"[^，。？]{0,8}(?:吗|嘛|么|吧|不)?？|[^，。？]{0,8}(?:吗|嘛|么)(?:[，。？]|$)")
WHENEVER = re.compile(r"的话|(?:发作|发生|的)?(?:时候?|之?后)(?=.{0,6}(?:怎么|如何|该|应|要|需))")

KNOWLEDGE = re.compile(
    r"是什么(?!原因|情况|问题|毛病|回事|病|意思啊)|什么是|什么叫|啥叫|啥是|有哪些|"
    r"有什么(?:症状|表现|区别|危害|后果|影响|方法|办法|征兆|前兆)|"
    r"什么(?:症状|表现|感觉|前兆|区别)|哪些(?:症状|表现|人|情况)|症状是|的症状有|早期症状|前兆|先兆(?!流产)|征兆|"
    r"和[^，。？]{1,8}(?:一样|哪个|谁)|区别|区分|鉴别|怎么分|会[^，。？]{0,4}(?:影响|遗传|传染|复发|变笨|留下)|"
    r"并发症|原理|概率|几率|"
    r"发病率|死亡率|存活率|科普|知识|讲座|培训|课程|论文|作业|考试|题目|预防|预测|筛查|遗传|传染|怎么避免|"
    r"如何避免|怎样避免|如何判断|怎么判断|如何识别|"
    r"怎么识别|证书|考证|风险|可能性|疫苗|保险|中心|绿色通道|科(?:在|电话|几楼|室)|多久[能可]|整形|打石膏|电影|"
    r"小说|电视剧|新闻|"
    r"what (?:is|are)(?! happening| wrong| going)\b|signs? of\b.{0,20}(?:\?|？)|difference between|"
    r"how (?:do|can) (?:i|you|we|one) (?:prevent|tell|recognize|recognise|avoid|know)|"
    r"how to (?:prevent|tell|recognize|recognise|avoid|know)|prevention|statistics|"
    r"what causes|in general|generally|article|leaflet|course|training|vaccine|screening"
)
PRICE = re.compile(
    r"多少钱|费用|价格|收费|价位|花多少|要花|贵不贵|贵吗|报销|医保|优惠|便宜|预约|"
    r"\b(?:cost|costs|price|prices|fee|fees|how much|insurance|appointment|book)\b"
)
GENERAL = re.compile(
    r"怎么治(?!不好)|如何治|怎样治|怎么引起|怎么处理|如何处理|怎样处理|急救方法|如何急救|怎么急救|怎样急救|怎么抢救|"
    r"应该怎么|该怎么|应该如何|一般|通常|正常吗|能治|治得好|治愈|"
    r"what should (?:i|you|one|we) do|what to do|first aid|treat(?:ment|ed)?|"
    r"why (?:do|does|is|are)|is it (?:dangerous|serious)"
)
HAPPENED = re.compile(r"了(?!解|吗|没)")
WANTED = re.compile(
    r"(?:想要?|要|准备|打算|计划|敢|威胁说?|能|可以|如何|怎么|说去|闹着|就|再|去|会|适合|用|可|禁止|"
    r"不能)[^，。？]{0,2}$"
)
PERMITTED = re.compile(r"(?:能|可以|可不可以|能否|可否|不要|别|禁止|才能|还能|才可|可)再?(?:喝|吃|打)?$")
ACCIDENT = re.compile(
    r"误|不小心|孩子|宝宝|宝贝|小孩|娃|小朋友|以为|当(?:成|作|做)|当[糖水饮]|[偷抓][^，。？]{0,2}[吃喝]|"
    r"[一二两三四五六七八九\d]岁|个月|by mistake|accident|"
    r"my (?:son|daughter|baby|toddler|kid|child)|year old|老人家?糊涂|"
    r"(?:爷爷|奶奶|外婆|外公|爸爸?|妈妈?|大人|老人)的[^，。？]{0,6}药|老年痴呆"
)
LESSON = re.compile(r"培训|课程|讲座|科普|知识|论文|作业|考试|比如|例如|举个例子|假设")
STORY = re.compile(r"(?:电视剧?|电影|小说|新闻|剧情|游戏|视频|短剧|书)[里上中](?![^，。？]*我[也想])")
TOPIC = re.compile(
    r"(?:的)?(?:医生|专家|门诊|号|教授|主任|科室|症状|表现|治疗|原因|护理|处理|急救|注意事项|危害|"
    r"知识)(?:[，。？]|$|是|有|在|几|什么|哪)"
)
WHAT_NOW = re.compile(r"怎么办|咋办|怎么回事|咋回事|什么原因|啥原因|严重吗|要紧吗|危险吗|为什么|为啥")
ANYBODY = re.compile(
    r"小儿|儿童|小孩子?(?!现|正|突|刚|一直|在|已)|婴儿|婴幼儿|老年人|老人(?!家|突|现|刚|在|已)|孕妇|产妇|患者|"
    r"病人|人们|有人|别人|他人|路人|"
    r"someone|somebody|people|patients?|a person|a child|children|babies|adults"
)
AFTER = re.compile(
    r"后遗症|疤|康复|恢复期|恢复得|术后|手术后|复查|复诊|病史|史(?:$|[，。？])|出院|住院(?!部)|吃什么|护理|饮食|"
    r"支架|多年|"
    r"[一两二三四五六七八九十几半\d]+(?:多)?(?:年|个月)(?:了|前|多|以上)|期间?的?(?:患者|病人)|患者|病人|治好|"
    r"已经好|好了(?!好)|"
    r"rehab|recovery|recovering|recovered|follow[- ]?up|survivor|post-?stroke|"
    r"after (?:a|my|his|her|the) (?:stroke|surgery|operation|heart|birth|delivery)"
)
SUSPECTED = re.compile(
    r"突发|急性|好像|疑似|是不是|像是|怀疑|可能是|怕是|恐怕|应该是|感觉是|犯了|(?<![不没未])发作|又犯|破裂|倒(?:地|下)|"
    r"了(?=[，。？]|$|怎么|快|咋|救|在|现|刚|吧)|救护车|抢救|"
    r"(?:think|thinks|maybe|might be|having|has had|looks like|suspect|could be)\b"
)
OWN = re.compile(
    r"我|俺|咱|本人|爸|妈|爹|娘|他|她|孩子|小孩|娃|宝宝|宝贝|儿子|女儿|闺女|老公|老婆|丈夫|妻子|媳妇|爷|奶|姥|"
    r"外公|外婆|哥|姐|弟|妹|叔|姑|舅|姨|婆婆|公公|岳|"
    r"朋友|同事|同学|邻居|室友|家里|老人家|家人|父亲|母亲|旁边|男友|女友|对象|老头|老太|"
    r"\b(?:i|i'm|im|i've|my|he|she|he's|she's|we|our|his|her)\b"
)
MILD = re.compile(
    r"偶尔|有时|时不时|隐隐|轻微|稍微|一点点|咳嗽时|咳嗽的时候|按着|按压|按下去|好几个月|几个月|半年|好几年|"
    r"几年了|多年|长期|老毛病|慢性|"
    r"每个?月|每次|鼻塞|鼻子(?:不通|堵)|鼻炎|跑完?步|运动|锻炼|爬[楼山]|上楼|一年|两年|三年|反反复复|occasional|"
    r"sometimes|mild|"
    r"slight|for (?:months|years)|every now and then|now and then"
)
SEVERE = re.compile(
    r"剧烈|厉害|受不了|要命|大汗|冷汗|出汗|喘|憋|难受得|快要|不行了|越来越|加重|加剧|严重|发黑|持续|特别疼|特别痛|"
    r"很疼|很痛|非常|疼死|痛死|"
    r"左肩|左臂|左胳膊|后背|突然|severe|terrible|crushing|worse|sweat|unbearable|sudden|really bad"
)
