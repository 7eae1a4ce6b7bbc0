"""The screens of staff: the console with its panes and dialogs, and the pages beside it."""

from tests.browser.images import document, picture, too_large
from tests.browser.states.steps import (
    agree_if_asked,
    arrive,
    chooses,
    clicks,
    fill,
    goes,
    keys,
    marks,
    open_chat,
    picks,
    reads,
    say,
    see,
    sees,
    sits_down,
    takes,
    tap,
    writes,
)
from tests.browser.states.table import AT_THE_DESK, STAFF_PAGE, Scene, State, Step, Story, state

LANDING = "/?utm_source=baidu&utm_medium=cpc&utm_term=月经不调怎么办"
CRY = "我爸突然胸痛，喘不上气"


def desk(name: str, *steps: Step) -> State:
    return state(name, *steps, where="desk")


def reads_on(scene: Scene) -> None:
    """The visitor goes to another page of the website."""
    scene.page.wait_for_function("sessionStorage['hchat-visit']")
    scene.page.goto(f"{scene.demo.website}/gynecology")


def replies(words: str) -> Step:
    return lambda scene: scene.li.replies(words)


DESK = Story(
    "desk",
    (
        desk("desk-empty", sits_down("wangfang", "王芳", "忙碌"), sits_down("limin", "李敏", "在线")),
        desk(
            "desk-visit",
            arrive(LANDING),
            reads_on,
            open_chat,
            say("我月经不太规律，要做什么检查"),
            agree_if_asked,
            takes("我月经不太规律"),
            sees(".panel summary"),
        ),
        desk("desk-answered", replies("您好，建议月经第2到4天来抽血，要空腹。"), clicks(".panel summary")),
        desk(
            "desk-picture-veiled",
            picks(picture("a.png")),
            tap(".files-actions .button-primary"),
            sees(".lines .bubble, .lines button", "点击查看"),
        ),
        desk(
            "desk-files-chosen",
            chooses(picture("a.png"), document(), too_large()),
            sees(".composer, section", "超过 10 MB"),
        ),
        desk("desk-files-sent", clicks("button", "^发送给"), sees(".lines a", "检查须知|下载")),
        desk("desk-note", clicks("button", "^内部备注$"), sees(".composer.is-note, .composer")),
        desk("desk-transfer", clicks("button", "^回复$"), clicks("button", "^转接$"), sees("[role=dialog]")),
        desk("desk-menu", keys("Escape"), clicks("button", "^更多$"), sees("[role=menuitem]")),
        desk("desk-guardian-dialog", clicks("[role=menuitem]", "监护人"), sees("[role=dialog]")),
        desk("desk-guardian-asked", clicks("[role=dialog] [type=submit]"), sees(".thread-who .badge", "监护人")),
        desk(
            "desk-guardian-given",
            tap(".consent-actions button"),
            marks("标记为代问"),
            tap(".consent-actions button"),
            sees(".thread-who .badge", "代问"),
        ),
        desk(
            "desk-withdrawn",
            tap(".header-more"),
            tap(".privacy-row:has-text('健康') .button"),
            tap(".privacy-row .button", "确定"),
            tap(".dialog .button", "^返回$"),
            sees(".panel", "撤回"),
        ),
        desk("desk-emergency", say(CRY), sees(".lines .bubble", "胸痛")),
        desk(
            "desk-crowded",
            arrive(),
            open_chat,
            say(CRY),
            see(".who"),
            sees(".list-crowd"),
        ),
        desk("desk-crowded-open", clicks(".row", "多|胸痛")),
        desk("desk-crowded-supervisor", sits_down("chenjing", "陈静"), sees(".list-crowd button")),
        desk("desk-crowded-sure", clicks(".list-crowd button"), sees(".list-crowd .is-primary")),
        desk(
            "desk-inactive",
            sits_down("zhangwei", "张伟", "在线"),
            arrive("/pediatrics"),
            open_chat,
            say("请问接种疫苗带什么材料"),
            takes("请问接种疫苗带什么材料"),
            replies("请带接种本。"),
            sees(".list-section.is-inactive .row"),
        ),
        desk(
            "desk-callbacks",
            arrive("/"),
            open_chat,
            tap(".header-more"),
            tap(".dialog button", "请给我回电"),
            fill("#call-phone", "138 1234 5678"),
            fill("#call-name", "王奶奶"),
            tap(".call [type=submit]"),
            tap(".call .button-primary"),
            see(".call-promise"),
            sits_down("limin", "李敏"),
            clicks("button", "^回电"),
            sees("article"),
        ),
        desk(
            "desk-callback-taken",
            clicks("article button", "我来回电"),
            clicks("article button", "显示号码"),
            sees("article a"),
        ),
        desk("desk-callback-report", clicks("article button", "已接通"), sees("article form")),
        desk(
            "desk-callback-done",
            writes("article form textarea, article form input", "约好周六上午来院"),
            clicks("article form [type=submit]"),
            sees("article", "约好周六上午来院"),
        ),
    ),
    looks=(AT_THE_DESK,),
    hospital="desk",
)
PAGES = Story(
    "pages",
    (
        state("page-sign-in", goes("/sign-in"), see("#password"), where="page"),
        desk(
            "page-not-found",
            arrive(),
            open_chat,
            say("请问周末有门诊吗"),
            see(".queue, .who"),
            sits_down("chenjing", "陈静"),
            reads("/nowhere"),
            sees("h1"),
        ),
        desk("page-transcripts", reads("/transcripts"), sees("tbody a")),
        desk("page-transcript", clicks("tbody a"), sees("h1")),
        desk("page-visits", reads("/visits"), sees("h2")),
        desk("page-deletions", reads("/deletions"), sees("h1")),
        desk("page-administrator", sits_down("admin", "周强"), sees("h1")),
    ),
    looks=(STAFF_PAGE,),
    hospital="desk",
)
