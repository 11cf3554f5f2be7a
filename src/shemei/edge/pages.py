"""Pages of links with rules: open in the browser, open the app, password, over. No script in any."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from shemei.edge.answers import HTML, NO_STORE, answer
from shemei.edge.linkrules import check_scheme
from shemei.edge.useragent import IN_APP_NAMES

if TYPE_CHECKING:
    from shemei.edge.answers import Answer, Header

_STYLE = """body{margin:0;min-height:100vh;background:#f6f7f9;color:#1f2430;
font:16px/1.7 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:22em;margin:0 auto;padding:14vh 1.5em 3em}h1{font-size:1.4em;margin:0 0 .5em}
p{margin:0 0 1em;color:#5b6270}ol{padding:0 0 0 1.4em;margin:0 0 1.5em}li{margin:0 0 .6em}
.up{position:fixed;top:.6em;right:1.1em;width:3.4em;height:3.4em;color:#4450c8}
.go{display:block;box-sizing:border-box;width:100%;padding:.75em 1em;border:0;border-radius:8px;
background:#4450c8;color:#fff;font:inherit;font-weight:600;text-align:center;text-decoration:none}
.or{display:block;padding:1em;text-align:center;color:#4450c8}
label{display:block;font-weight:600;margin:0 0 .4em}
input{box-sizing:border-box;width:100%;padding:.7em .8em;margin:0 0 1em;border:1px solid #868d9c;
border-radius:8px;background:#fff;color:inherit;font:inherit}
.bad{color:#b3341f}:focus-visible{outline:3px solid #9aa3f5;outline-offset:2px}
@media(prefers-color-scheme:dark){body{background:#16181d;color:#eceef2}p{color:#a3a9b6}
input{background:#1f232b;border-color:#747b8a}.up,.or{color:#aab2ff}.bad{color:#ff9a86}}"""
_SHELL = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">
<title>{title}</title><style>{style}</style><main><h1>{title}</h1>{body}</main></html>
"""
_ARROW = (
    '<svg class="up" viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M6 44C10 24 22 12 40 8M29 5l12 3-5 12"/></svg>'
)


def page(status: int, title: str, body: str, *headers: Header) -> Answer:
    """Return a page; ``body`` is HTML already."""
    content = _SHELL.format(title=escape(title), style=_STYLE, body=body).encode()
    policy = (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    )
    return answer(status, content, NO_STORE, policy, *headers, kind=HTML)


def guide_page(in_app: str) -> Answer:
    """Return the page 请在浏览器打开, with the words of the app it is seen in.

    Examples
    --------
    >>> "微信" in guide_page("wechat").end["body"].decode()
    True
    """
    app = IN_APP_NAMES[in_app] if in_app else "这个应用"
    return page(
        200,
        "请在浏览器打开",
        f"{_ARROW}<p>{app}里打不开这个页面。换到手机浏览器就能继续。</p>"
        "<ol><li>点右上角的「…」或分享图标</li>"
        "<li>选「在浏览器打开」或「在 Safari 中打开」</li></ol>"
        f"<p>没有这一项时，请复制这条链接，贴到浏览器里打开。</p>",
    )


def app_page(scheme: str, url: str) -> Answer:
    """Return the page with a button that opens an app, and beside it the way by the web."""
    app = check_scheme(scheme)
    return page(
        200,
        f"在{app}里继续",
        f"<p>手机上装有{app}时，点按钮直接打开。有的应用会拦下这一步，那就走网页。</p>"
        f'<a class="go" href="{escape(scheme)}">打开{app}</a>'
        f'<a class="or" href="{escape(url)}">不打开应用，看网页</a>',
    )


def password_page(status: int = 200, wrong: str = "") -> Answer:
    """Return the page that asks for a link's password."""
    told = f'<p class="bad" role="alert">{wrong}</p>' if wrong else ""
    return page(
        status,
        "这个链接要密码",
        f'{told}<form method="post"><label for="p">密码</label>'
        '<input id="p" name="password" type="password" autocomplete="off" required autofocus '
        'maxlength="64"><button class="go" type="submit">打开</button></form>',
    )


PASSWORD = password_page()
WRONG_PASSWORD = password_page(403, "密码不对。请核对大小写后再试。")
TOO_MANY_TRIES = page(
    429,
    "试得太多了",
    "<p>为了防止有人猜密码，请过 10 分钟再试。</p>",
    (b"retry-after", b"600"),
)
EXPIRED = page(410, "这个链接已经结束", "<p>它设了结束时间，现在已过。请向分享的人要新的。</p>")
USED_UP = page(410, "名额已满", "<p>这个链接的打开次数已经用完。请向分享的人要新的。</p>")
