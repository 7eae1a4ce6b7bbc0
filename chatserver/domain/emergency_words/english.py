"""Signs of every kind, in English, including typing errors of phone keyboards."""

from chatserver.domain.emergency_words.signs import BODY, DONE, MIND, PROTECT, Manner, sign

_W = r"(?: [\w']+){0,3}"
"""At most three words in between."""
_SHORT = r"(?: [\w']+){0,2}"
_CANNOT = "(?:can'?t|can ?not|couldn'?t|could not|unable to|hard to|difficult to|struggling to|hardly|barely)"
_NOT = "(?:won'?t|can'?t|cannot|doesn'?t|does not|not|isn'?t|no longer|stopped)"
_PERSON = (
    "(?:husband|wife|boyfriend|girlfriend|bf|gf|partner|ex|dad|father|mom|mum|mother|step ?dad|step ?father|"
    "step ?mother|fiance|brother|uncle|son|"
    "teacher|coach|neighbou?r|he|she|they)"
)
_HITS = (
    "(?:hit|hits|hitting|beat|beats|beating|punch\\w*|kick\\w*|slap\\w*|chok\\w*|strangl\\w*|abus\\w*|hurts|"
    "attack\\w*|threaten\\w*|shov\\w*|push\\w*|drag\\w*|burn\\w*|broke|broken|break\\w*|lock\\w*|rap\\w*|molest\\w*)"
)
_PILLS = (
    "(?:pills?|tablets|bottle|sleeping|meds|medication|paracetamol|tylenol|ibuprofen|xanax|advil|acetaminophen|"
    "melatonin|antidepressants)"
)

SIGNS = (
    sign(
        BODY,
        Manner.EASING,
        f"chest{_W} (?:pain|hurt|tight|pressure|ache|heavy|crush|squeez|burning)\\w*|chestpain",
        "elephant(?: [\\w']+){0,4} chest",
        "(?:pain|pressure|tightness|tight|hurts?|crushing|squeezing|ache)(?: [\\w']+){0,4} chest",
        f"{_CANNOT}{_SHORT} br(?:ea|e)the?\\w*",
        f"(?:trouble|difficulty|difficulties|problems?|hard time|struggling){_SHORT} breath\\w*",
        "heart (?:very )?(?:pain|hurt|ache)\\w*|pain(?: [\\w']+){0,3} heart",
        "short(?:ness)? of breath|breathless|gasping|out of breath|asthma attack|wheezing badly",
        "breathing (?:very |so |really )?(?:fast|badly|weird|shallow|hard)",
    ),
    sign(
        BODY,
        Manner.SYMPTOM,
        f"{_NOT} breath(?:ing|e)",
        "(?:he|she|dad|mom|mum|him|her|man|woman)[^。？]{0,30}(?:not|isn'?t|won'?t) mov(?:e|ing)",
        "no (?:pulse|heartbeat)|heart (?:has )?stopped",
        f"(?:turn\\w*|going|lips|face|skin){_W} (?:blue|purple|grey|gray)",
        "(?:hardly|barely) (?:awake|conscious)|uncon[sc]+ious|unresponsive|not respond\\w*|won'?t respond",
        f"{_NOT} (?:wake|waking){_SHORT} up",
        f"{_CANNOT} wake|pass(?:ed|ing)? out|black(?:ed|ing) out",
        "faint(?:ed|ing)|collaps\\w+|s[ei]{2}zures?|seizing|convuls\\w+|having a fit|foam\\w* at the mouth",
        "shaking all over|eyes (?:are |have )?roll\\w*",
        "cho(?:a)?k(?:ing|ed)|stuck in (?:his|her|my) (?:throat|airway)|anaphyla\\w*",
        f"(?:throat|tongue|face|lips){_W} (?:swell\\w*|swollen|clos\\w+)|(?:severe|bad|serious) allergic reaction",
        "drown(?:ing|ed)|electrocut\\w*|electric shock",
        (
            "\\b(?:he|she|i|baby|i'm|he's|she's) (?:think i |think i'm |is |am |may be |feel like i'm )?(?:dying|"
            "going to die|gonna die)"
        ),
        "(?:call|need|send|get) (?:an |the |me an )?ambulance|(?:save|help) (?:me|him|her)(?: please)?(?=[，。？]|$)",
    ),
    sign(
        BODY,
        Manner.SYMPTOM,
        f"(?:face|mouth|smile){_W} (?:droop\\w*|crooked|sagg\\w+|lopsided|twisted)|droop\\w*{_W} (?:face|mouth)",
        "slur\\w*",
        f"(?:{_CANNOT}|suddenly) (?:speak|talk|move|see|lift)|one side(?: [\\w']+){{0,4}} (?:numb|weak|paraly\\w+)",
        "(?:numb|weak|paraly)\\w*(?: [\\w']+){0,5} (?:one|left|right) (?:side|arm|leg)",
        "(?:one|left|right) side(?: [\\w']+){0,3} (?:weak|numb|limp|paraly\\w*)",
        "\\b(?:arm|leg|hand) (?:is |has |went |gone |suddenly )?(?:numb|weak|limp|paraly\\w+)",
        "worst headache|headache[^。？]{0,20}worst|worst[^。？]{0,20}headache|thunderclap",
        "(?:lost|losing) (?:his |her |my )?(?:vision|sight|speech)",
    ),
    sign(
        BODY,
        Manner.ILLNESS,
        "heart attack|stroke|cardiac arrest|meningitis|sepsis|ectopic|preeclampsia|eclampsia|carbon monoxide",
        "heat ?stroke|overdose|aneurysm|miscarr\\w+",
    ),
    sign(
        BODY,
        Manner.SYMPTOM,
        "hemorrhag\\w*|haemorrhag\\w*|bleeding for (?:an|\\w+) hours?",
        "bl(?:ee|e)d[^。？]{0,40}(?:won'?t|not|doesn'?t|can'?t) (?:\\w+ )?stop",
        "bl(?:ee|e)d\\w*(?: [\\w']+){0,4} (?:lot|heav\\w+|bad\\w*|profuse\\w*|everywhere|out|stop\\w*|buckets|nonstop)",
        (
            "(?:heav\\w+|severe\\w*|profuse\\w*|lots of|massive|a lot of|so much|"
            f"uncontroll\\w+){_SHORT} (?:bleed\\w*|blood)"
        ),
        f"{_NOT}{_SHORT} stop\\w*{_SHORT} (?:bleed\\w*|blood)",
        f"(?:vomit\\w*|throw\\w*|threw|cough\\w*|puk\\w+|spit\\w*|spat){_W} blood",
        f"blood{_W} (?:everywhere|gushing|pouring|won'?t stop|spurting)",
    ),
    sign(
        BODY,
        Manner.SYMPTOM,
        "in labou?r[^。？]{0,40}(?:head|crowning|coming)|see the (?:baby's )?head",
        "waters? (?:just |has |have )*(?:broke|broken|break\\w*)|reduced (?:fetal )?movements?",
        "baby(?: is|'s) coming",
        f"(?:baby|fetus){_W} (?:stopped|not|isn'?t|hasn'?t|no longer) mov\\w*",
        (f"(?:no|not|less|reduced|decreased|can'?t|haven'?t|don'?t){_W} (?:fetal movement|baby mov\\w*|baby kick\\w*)"),
    ),
    sign(
        BODY,
        Manner.SYMPTOM,
        "(?:hit|run over|struck) by a (?:car|truck|bus|van|motorbike|train|bike)",
        "(?:car|bike|motorcycle) (?:crash|accident)",
        (
            "\\b(?:fell|fallen|falls)(?: [\\w']+){0,5} (?:roof|window|floor|stairs|balcony|ladder|building|tree|"
            "height|story)"
        ),
        "(?:been |was |got |is )(?:stabbed|shot)\\b",
        f"(?:cut|chopped|severed){_SHORT} (?:finger|artery|hand)(?:\\w+| off)|(?:severe|bad)(?:ly)? burn\\w*",
        "burn\\w* (?:badly|severely)",
        "(?:boiling|hot|scalding) (?:water|oil)(?: [\\w']+){0,5} (?:on|over|spill\\w*)|snake ?bit\\w*",
        "bit\\w* by a snake|poison(?:ed|ing)",
        (
            f"swallow(?:ed|ing){_W} (?:cleaning|bleach|batter(?:y|ies)|magnets?|detergent|pesticide|poison|coin|"
            "pills?|cleaner|chemicals?)"
        ),
        (
            f"\\b(?:drank|drunk|drinking|ate|eaten){_W} (?:cleaning|bleach|pesticide|poison|detergent|antifreeze|"
            "cleaner|"
            "weed ?killer|mushrooms?|rat poison)"
        ),
    ),
    sign(
        DONE,
        Manner.ACT,
        "\\bod'?ed\\b|overdosed|overdosing",
        (
            f"(?:took|taken|swallowed|\\bate){_W} (?:too many|whole|entire|full|\\d\\d|handful|"
            f"bunch)(?: [\\w']+){{0,4}} {_PILLS}"
        ),
        f"(?:took|swallowed) all{_W} {_PILLS}|(?:cut|slit|slashed){_SHORT} wrists?",
        f"(?:drank|drunk){_W} (?:pesticide|weed ?killer|paraquat)",
        "tried to (?:kill (?:my|him|her)self|hang)|(?:hanged|hung) (?:my|him|her)self|jumped (?:off|from)",
        "attempted suicide",
    ),
    sign(
        MIND,
        Manner.WISH,
        "suicid\\w*|sucid\\w*|kill(?:ing)? (?:my|him|her)self|\\bkms\\b",
        "end(?:ing)? (?:my|his|her|it all|this)(?: own)?(?: life| all)?|take my (?:own )?life",
        "(?:want|wants|wanted|wanna|ready|going|trying) to (?:die|disappear|be dead|end it|stop existing)",
        "wanna (?:die|disappear)|wish i (?:was|were) (?:dead|never born)",
        (
            f"(?:don'?t|do not|doesn'?t|no longer){_SHORT} (?:want|wanna|wish)(?: to)? (?:live|be alive|be here|"
            "exist|wake up|go on)"
        ),
        "way to die|ways to die|painless(?:ly)? (?:die|death|suicide)",
        "end(?:ing)? it(?: all)?(?: tonight| now| today|[，。？]|$)|nobody (?:would|will) (?:notice|miss|care)",
        "tell (?:my|the)(?: [\\w']+){0,2} i love|better off (?:dead|without me)",
        "goodbye (?:text|note|letter|message)|(?:pills|blade|knife|rope|gun) in my hand",
        f"(?:no|any) (?:reason|point|will|purpose){_SHORT} (?:to live|living|in living|to go on)|not worth living",
        "can'?t go on|can'?t do this any ?more|want it (?:all )?to (?:be over|end|stop)|tired of (?:living|life)",
        "(?:hurt|harm|cut|hang)(?:ting|ing)? myself|self[- ]?harm\\w*",
        "(?:cut|slash|slit)\\w*(?: [\\w']+){0,2} (?:arms?|wrists?|thighs?)|never wake up",
        "(?:shoot|hang|drown) (?:my|him|her)self|jump(?:ing)? (?:off|from|in front)",
        "life (?:is|isn'?t)(?: not)? (?:meaningless|pointless|worth)",
    ),
    sign(
        PROTECT,
        Manner.HARM,
        (
            f"\\b{_PERSON}(?: [\\w']+){{0,5}} {_HITS} (?:me|my (?:arm|nose|ribs?|face|jaw)|us|the kids?|"
            "my (?:mom|mum|mother|kids?|son|daughter|child\\w*|sister|brother)|her|him)\\b"
        ),
        (
            "(?:beaten|hit|abused|raped|attacked|strangled|molested|assaulted|punched)(?: up)? by (?:my|his|her|"
            "a (?:man|boy|guy|stranger)|someone)"
        ),
        "threaten\\w*(?: [\\w']+){0,3} (?:kill|hurt|beat) (?:me|us|my|him|her)(?!self)|domestic (?:violence|abuse)",
        "\\braped?\\b|molest\\w*|sexual(?:ly)? (?:abus\\w*|assault\\w*)|child abuse",
        "abusive|scared to go home",
        (
            f"\\b{_PERSON}{_W} (?:touch(?:es|ed|ing)|grop\\w*|undress\\w*) (?:me|her|"
            "him)(?! (?:arm|shoulder|hand|head|back))"
        ),
        (
            f"touch(?:ed|es|ing) (?:me|her|him|my (?:son|daughter|child)){_W} (?:private|inappropriate\\w*|"
            "down there|there|wrong)"
        ),
    ),
)
