"""Signs of every kind, in English."""

from string import ascii_lowercase as LETTERS

from chatserver.domain.emergency_words.signs import BODY, DONE, MIND, PROTECT, Manner, sign

_PERSON = (
    r"(?:husband|wife|boyfriend|girlfriend|partner|ex|dad|father|mom|mum|mother|step ?dad|stepfather|step ?father|"
    r"stepmother|fiance|brother|uncle|son|he|she)"
)

SIGNS = (
    sign(
        "chest, en",
        BODY,
        Manner.EASING,
        LETTERS,
        r"chest(?: \w+){0,3} (?:pain|hurt|tight|pressure|ache|heavy|crush|squeez|burning)\w*|"
        r"(?:pain|pressure|tightness|tight|hurts?|crushing|squeezing)(?: \w+){0,4} chest|chestpain|"
        r"(?:can'?t|can ?not|cannot|couldn'?t|could not|unable to|hard to|difficult to|struggl\w+ to|hardly|"
        r"barely)(?: \w+){0,2} breath\w*|(?:trouble|difficulty|difficulties|problems?|"
        r"hard time)(?: \w+){0,2} breath\w*|short(?:ness)? of breath|breathless|gasping|out of breath|asthma attack|"
        r"breathing (?:very |so )?(?:fast|badly|weird)",
    ),
    sign(
        "collapse, en",
        BODY,
        Manner.SYMPTOM,
        LETTERS,
        r"not breathing|stopped breathing|isn'?t breathing|no (?:pulse|heartbeat)|"
        r"(?:turn\w*|going|lips|face)(?: \w+){0,3} (?:blue|purple|grey)|unconscious|unresponsive|not respond\w*|"
        r"won'?t respond|(?:won'?t|wont|can'?t|doesn'?t|not|isn'?t) (?:wake|waking)(?: \w+)? up|"
        r"(?:can'?t|cannot|couldn'?t) wake|passed out|passing out|black(?:ed|ing) out|faint(?:ed|ing)|collaps\w+|"
        r"seizures?|convuls\w+|fitting|foam\w* at the mouth|shaking all over|chok(?:ing|ed)|anaphyla\w*|"
        r"(?:throat|tongue|face|lips)(?: \w+){0,3} (?:swell\w*|swollen|clos\w+)|allergic reaction|drown\w*|"
        r"electrocut\w*|electric shock|(?:he|she|i|baby|i'm|he's|she's) (?:think i |is |am |may be )?(?:dying|"
        r"going to die)|call an ambulance|need an ambulance|send an ambulance|save (?:me|him|her)",
    ),
    sign(
        "stroke, en",
        BODY,
        Manner.SYMPTOM,
        LETTERS,
        r"(?:face|mouth|smile)(?: \w+){0,3} (?:droop\w*|crooked|sagg\w+|lopsided)|"
        r"droop\w*(?: \w+){0,3} (?:face|mouth)|slur\w*|(?:can'?t|cannot|can not|unable to|suddenly) (?:speak|talk|"
        r"move|see)|one side(?: \w+){0,4} (?:numb|weak|paraly\w+)|"
        r"(?:numb|weak|paraly\w+)\w*(?: \w+){0,5} (?:one|left|right) (?:side|arm|leg)|"
        r"(?:arm|leg|hand) (?:is |has |went |gone |suddenly )?(?:numb|weak|limp|paraly\w+)|worst headache|thunderclap|"
        r"(?:lost|losing) (?:his|her|my)? ?(?:vision|sight|speech)",
    ),
    sign(
        "illness, en",
        BODY,
        Manner.ILLNESS,
        LETTERS,
        r"heart attack|stroke|cardiac arrest|meningitis|sepsis|ectopic|preeclampsia|carbon monoxide|heat ?stroke|"
        r"overdose",
    ),
    sign(
        "bleeding, en",
        BODY,
        Manner.SYMPTOM,
        LETTERS,
        r"bleed\w*(?: \w+){0,4} (?:lot|heav\w+|bad\w*|profuse\w*|everywhere|out|stop|buckets)|"
        r"(?:heav\w+|severe\w*|profuse\w*|lots of|massive|a lot of|uncontroll\w+)(?: \w+){0,2} (?:bleed\w*|blood)|"
        r"(?:won'?t|wont|can'?t|not|doesn'?t|isn'?t)(?: \w+)? stop\w*(?: \w+){0,2} bleed\w*|"
        r"(?:vomit\w*|throw\w*|threw|cough\w*|puk\w+|spit\w*)(?: \w+){0,3} blood|"
        r"blood(?: \w+){0,3} (?:everywhere|gushing|pouring|won'?t stop|spurting)|bled",
    ),
    sign(
        "birth, en",
        BODY,
        Manner.SYMPTOM,
        LETTERS,
        r"waters? (?:just )?(?:has |have )?(?:broke|broken|break\w*)|"
        r"(?:baby|fetus)(?: \w+){0,3} (?:stopped|not|isn'?t|hasn'?t|no longer) mov\w*|"
        r"(?:no|not|less|reduced|decreased|can'?t|haven'?t|don'?t)(?: \w+){0,3} (?:fetal movement|baby move|"
        r"baby moving|baby kick\w*)|reduced (?:fetal )?movements?|baby(?: is|'s) coming",
    ),
    sign(
        "injury, en",
        BODY,
        Manner.SYMPTOM,
        LETTERS,
        r"(?:hit|run over|struck) by a (?:car|truck|bus|van|motorbike|train)|car (?:crash|accident)|"
        r"(?:fell|fallen|falls)(?: \w+){0,5} (?:roof|window|floor|stairs|balcony|ladder|building|tree|height)|"
        r"(?:stabbed|shot)\b|(?:cut|chopped|severed)(?: \w+){0,2} (?:finger|artery|hand)(?: \w+)? ?(?:off|open)?|"
        r"severe(?:ly)? burn\w*|(?:boiling|hot) (?:water|oil)(?: \w+){0,5} (?:on|over)|snake ?bit\w*|"
        r"bit\w* by a snake|poison(?:ed|ing)|swallowed(?: \w+){0,3} (?:bleach|battery|batteries|magnets?|detergent|"
        r"pesticide|poison|coin|pills?|cleaner|chemicals?)|"
        r"(?:drank|drunk)(?: \w+){0,3} (?:bleach|pesticide|poison|detergent|antifreeze|cleaner|weed ?killer)",
    ),
    sign(
        "overdose, en",
        DONE,
        Manner.ACT,
        LETTERS,
        r"overdosed|overdosing|(?:took|taken|swallowed|ate|had)(?: \w+){0,3} (?:too many|whole|entire|full|\d{2,}|"
        r"handful|bunch|all)(?: \w+){0,4} (?:pills|tablets|bottle|sleeping|meds|medication|paracetamol|tylenol|"
        r"ibuprofen|xanax)|(?:cut|slit|slashed)(?: \w+){0,2} wrists?|"
        r"(?:drank|drunk)(?: \w+){0,3} (?:pesticide|poison|weed ?killer|paraquat)|"
        r"tried to (?:kill (?:my|him|her)self|hang)|(?:hanged|hung) (?:my|him|her)self|jumped (?:off|from)",
    ),
    sign(
        "wish to die, en",
        MIND,
        Manner.WISH,
        LETTERS,
        r"suicid\w*|kill(?:ing)? (?:my|him|her)self|end(?:ing)? (?:my|his|her|it all|this) ?(?:own )?(?:life|all)?|"
        r"(?:want|wants|wanted|wanna|ready|going) to (?:die|disappear forever|be dead|end it)|wanna die|"
        r"wish i (?:was|were) dead|(?:don'?t|dont|do not|doesn'?t|no longer)(?: \w+)? (?:want|wanna)(?: to)? (?:live|"
        r"be alive|be here|exist|wake up)|better off (?:dead|without me)|"
        r"no (?:reason|point|will)(?: \w+){0,2} (?:to live|living|in living|to go on)|not worth living|can'?t go on|"
        r"tired of living|hurt(?:ing)? myself|harm(?:ing)? myself|self[- ]?harm\w*|cut(?:ting)? myself|hang myself|"
        r"jump off|take my (?:own )?life",
    ),
    sign(
        "violence, en",
        PROTECT,
        Manner.HARM,
        LETTERS,
        rf"\b{_PERSON}(?: \w+){{0,3}} (?:hit|hits|hitting|beat|beats|beating|punch\w*|kick\w*|slap\w*|chok\w*|"
        r"strangl\w*|abus\w*|hurts|attack\w*|threaten\w*) (?:me|us|the kids?|"
        r"my (?:mom|mother|kids?|son|daughter|child\w*)|her|him)\b|"
        r"(?:beaten|hit|abused|raped|attacked|strangled|molested|assaulted)(?: up)? by (?:my|his|her) |"
        r"domestic (?:violence|abuse)|\braped?\b|molest\w*|sexual(?:ly)? (?:abus\w*|assault\w*)|"
        r"touched (?:me|her|him|my (?:son|daughter|child))(?: \w+){0,3} (?:private|inappropriate\w*|down there|"
        r"there)|child abuse|abusive",
    ),
)
