"""The demo hospital's own website: three small pages on another origin, each with one script tag for the widget.

It is like any hospital's site: the only thing it knows of the server is the address of that script.
"""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PAGES = {
    "/": (
        "",
        "首页",
        "康宁医院",
        "一所安静、专业的综合医院。门诊时间每天 8:00 至 17:30，急诊 24 小时。",
        ("妇科、儿科、内科门诊", "体检与慢病管理", "24 小时急诊：0731-8888 0999"),
    ),
    "/gynecology": (
        "gynecology",
        "妇科",
        "妇科",
        "月经问题、孕前检查、产后复查。一人一诊室，请放心就诊。",
        ("门诊楼 3 楼，周一至周日", "检查前请避开月经期", "孕期腹痛或出血，请直接到急诊"),
    ),
    "/pediatrics": (
        "pediatrics",
        "儿科",
        "儿科",
        "发热、咳嗽、生长发育、预防接种咨询。候诊区设有儿童乐园。",
        ("门诊楼 1 楼，夜间门诊到 22:00", "请带上预防接种证", "高热惊厥，请立即拨打 120"),
    ),
}
"""Path → department for the widget, link text, heading, lead, and notes."""

STYLE = """
body { margin: 0; font: 16px/1.7 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #1e293b; background: #fff; }
header { display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: center; padding: 16px 24px;
  border-bottom: 1px solid #e2e8f0; }
header strong { font-size: 20px; color: #0f766e; }
nav { display: flex; gap: 20px; }
nav a { color: #334155; text-decoration: none; padding: 4px 0; }
nav a[aria-current] { color: #0f766e; border-bottom: 2px solid #0f766e; }
.lead { background: #f0fdfa; padding: 56px 24px; }
.lead > *, main, footer { max-width: 880px; margin: 0 auto; }
h1 { font-size: 32px; margin: 0 auto 8px; }
main { padding: 32px 24px 96px; }
li { margin: 8px 0; }
footer { padding: 0 24px 24px; color: #64748b; font-size: 14px; }
footer p { margin: 0; padding-top: 24px; border-top: 1px solid #e2e8f0; }
"""

PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading} · 康宁医院</title>
<link rel="stylesheet" href="/site.css">
</head>
<body>
<header><strong>康宁医院</strong><nav aria-label="栏目">{ways}</nav></header>
<div class="lead"><h1>{heading}</h1><p>{lead}</p></div>
<main><h2>就诊须知</h2><ul>{notes}</ul></main>
<footer><p>康宁医院（演示） · 长沙市开福区康宁路 18 号 · 0731-8888 0120</p></footer>
{embedded}
</body>
</html>
"""


def website(server: str) -> Starlette:
    """The site, embedding the widget of the server at that origin."""

    async def page(request: Request) -> Response:
        return HTMLResponse(_page(request.url.path, server))

    async def style(_request: Request) -> Response:
        return Response(STYLE, media_type="text/css; charset=utf-8")

    async def favicon(_request: Request) -> Response:
        return Response(status_code=HTTPStatus.NO_CONTENT)

    pages = [Route(path, page) for path in PAGES]
    return Starlette(routes=[*pages, Route("/site.css", style), Route("/favicon.ico", favicon)])


def embed_snippet(server: str, department: str) -> str:
    """The tag that a hospital pastes into its pages; `department` only where the page is about one."""
    about = f' data-department="{department}"' if department else ""
    return f'<script src="{server}/widget.js" data-site="demo"{about} async></script>'


def _page(path: str, server: str) -> str:
    department, _, heading, lead, notes = PAGES[path]
    return PAGE.format(
        heading=heading,
        lead=lead,
        ways="".join(_way(to, page[1], current=to == path) for to, page in PAGES.items()),
        notes="".join(f"<li>{note}</li>" for note in notes),
        embedded=embed_snippet(server, department),
    )


def _way(to: str, words: str, *, current: bool) -> str:
    mark = ' aria-current="page"' if current else ""
    return f'<a href="{to}"{mark}>{words}</a>'
