"""Tables of post figures as platforms export them: what a row may say, by which names, and the known exports."""

from __future__ import annotations

from typing import Any

from shemei.kernel.imports import cells
from shemei.kernel.imports.kinds import Field, Preset
from shemei.platforms import CHOICES

COUNTS = (
    "impressions",
    "plays",
    "likes",
    "comments",
    "shares",
    "collects",
    "follows",
    "finishes",
    "clicks",
)
_PLATFORMS = {
    "公众号": "wechat", "微信": "wechat", "微信视频号": "channels", "企微": "wecom", "新浪微博": "weibo",
    "红书": "xhs", "RED": "xhs", "哔哩哔哩": "bilibili", "bilibili": "bilibili", "b站": "bilibili",
}  # fmt: skip
_FORMS = {
    "图文": "图文", "笔记": "图文", "图片": "图文", "图集": "图文", "视频": "短视频", "短视频": "短视频",
    "photo": "图文", "status": "图文", "link": "图文", "image": "图文", "carousel": "图文", "video": "短视频", "reel": "短视频",
    "直播": "直播", "文章": "文章", "长文": "文章", "音频": "音频", "播客": "音频", "H5": "H5",
}  # fmt: skip


def form(value: Any) -> str:
    name = cells.half_width(str(value))
    return _FORMS.get(name) or _FORMS.get(name.lower(), "")


def external_id(value: Any) -> str:
    return cells.half_width(value)[:120] if isinstance(value, str) else cells.identifier(value)


FIELDS = (
    Field("title", "标题", cells.text, ("作品名称", "笔记标题", "视频标题", "视频描述", "文章标题", "视频名称", "稿件标题", "图文标题", "作品", "内容标题", "title", "headline", "título"), example="换季烂脸自救"),
    Field("external_id", "作品编号", external_id, ("视频ID", "笔记ID", "视频编号", "作品ID", "稿件编号", "bvid", "post_id", "note_id", "id de publicación"), note="有它最准：改了标题也认得"),
    Field("url", "作品链接", cells.text, ("笔记链接", "视频链接", "文章链接", "链接", "内容链接", "内容url", "permalink", "url")),
    Field("platform", "平台", cells.platform_reader(_PLATFORMS), ("发布平台",), example="小红书", words=dict(CHOICES)),
    Field("account", "账号", cells.text, ("账号名称", "发布账号", "作者", "公众号名称", "博主昵称", "page name")),
    Field("published_at", "发布时间", cells.moment, ("首次发布时间", "发布日期", "群发日期", "发表时间", "posted", "published"), example="2026-11-03 09:05"),
    Field("form", "形式", form, ("体裁", "作品类型", "笔记类型", "内容形式", "type", "tipo", "post type")),
    Field("day", "数据日期", cells.day, ("统计日期", "截至日期"), example="2026-11-23", note="没有这一列时，用下面选的日子"),
    Field("impressions", "曝光", cells.count, ("曝光量", "曝光次数", "展现量", "推荐曝光量", "impressions", "lifetime post total impressions")),
    Field("plays", "播放或阅读", cells.count, ("播放量", "观看量", "阅读量", "阅读数", "播放数", "播放次数", "阅读（播放）", "浏览次数", "图文页阅读次数", "阅读/播放数", "views", "plays")),
    Field("likes", "点赞", cells.count, ("点赞量", "点赞数", "点赞次数", "喜欢", "喜欢量", "like", "likes", "me gusta")),
    Field("comments", "评论", cells.count, ("评论量", "评论数", "评论次数", "留言", "留言/评论", "comment", "comments", "comentarios")),
    Field("shares", "分享", cells.count, ("分享量", "分享数", "分享次数", "转发", "转发量", "转发数", "分享的次数", "share", "shares", "compartir")),
    Field("collects", "收藏", cells.count, ("收藏量", "收藏数", "收藏的次数", "saves")),
    Field("follows", "涨粉", cells.count, ("粉丝增量", "涨粉量", "关注量", "关注", "净增粉丝", "阅读后关注", "follows")),
    Field("finishes", "完播", cells.count, ("完播量", "完播数"), rare=True),
    Field("finish_rate", "完播率", cells.ratio, ("完播率(%)", "整体完播率", "视频完播率", "阅读完成率")),
    Field("clicks", "链接点击", cells.count, ("链接点击量", "企微链接点击次数"), rare=True),
    Field("finish_5s_rate", "5 秒完播率", cells.ratio, ("5s完播率", "5秒完播率"), rare=True),
    Field("bounce_2s_rate", "2 秒跳出率", cells.ratio, ("2s跳出率", "2秒跳出率"), rare=True),
    Field("cover_ctr", "封面点击率", cells.ratio, ("封面点击率(%)",), rare=True),
    Field("avg_watch_seconds", "平均播放时长", cells.seconds, ("人均观看时长", "均播时长", "平均观看时长"), note="秒", rare=True),
    Field("read_minutes", "平均阅读时长", cells.decimal, ("平均阅读时长(分钟)",), note="分钟", rare=True),
    Field("profile_visits", "主页访问", cells.count, ("主页访问量",), rare=True),
    Field("hearts", "推荐（爱心）", cells.count, ("推荐",), note="视频号的爱心，与点赞是两个数", rare=True),
    Field("danmaku", "弹幕", cells.count, ("弹幕数",), rare=True),
    Field("coins", "投币", cells.count, ("硬币", "投币数"), rare=True),
    Field("read_users", "阅读人数", cells.count, ("阅读UV", "图文页阅读人数"), rare=True),
    Field("delivery_rate", "送达阅读率", cells.ratio, rare=True),
    Field("reward", "赞赏", cells.money, ("赞赏金额",), rare=True),
    Field("forwards", "转发聊天和朋友圈", cells.count, rare=True),
    Field("organic_impressions", "自然曝光", cells.count, rare=True),
    Field("organic_plays", "自然阅读", cells.count, rare=True),
    Field("paid_impressions", "推广曝光", cells.count, rare=True),
    Field("paid_plays", "推广阅读", cells.count, rare=True),
)  # fmt: skip

PRESETS = (
    Preset(
        "douyin_works", "抖音创作者中心「作品列表」",
        frozenset({"作品名称", "发布时间", "播放量", "5s完播率", "粉丝增量"}),
        {"title": "作品名称", "published_at": "发布时间", "form": "体裁", "plays": "播放量", "finish_rate": "完播率",
         "likes": "点赞量", "comments": "评论量", "shares": "分享量", "collects": "收藏量", "follows": "粉丝增量"},
        {"platform": "douyin"},
    ),
    Preset(
        "xhs_notes", "小红书创作服务平台「笔记列表明细表」",
        frozenset({"笔记标题", "首次发布时间", "曝光", "观看量", "涨粉"}),
        {"title": "笔记标题", "published_at": "首次发布时间", "form": "体裁", "impressions": "曝光", "plays": "观看量",
         "likes": "点赞", "comments": "评论", "collects": "收藏", "follows": "涨粉", "shares": "分享"},
        {"platform": "xhs"},
    ),
    Preset(
        "channels_videos", "视频号助手「单篇视频」",
        frozenset({"视频描述", "视频ID", "发布时间", "播放量", "推荐", "喜欢"}),
        {"title": "视频描述", "external_id": "视频ID", "published_at": "发布时间", "plays": "播放量", "finish_rate": "完播率",
         "likes": "喜欢", "comments": "评论量", "shares": "分享量", "follows": "关注量", "clicks": "企微链接点击次数"},
        {"platform": "channels"},
    ),
    Preset(
        "pgy_notes", "蒲公英「笔记投放报告」",
        frozenset({"博主昵称", "笔记标题", "笔记ID", "曝光", "阅读", "互动"}),
        {"day": "数据日期", "account": "博主昵称", "title": "笔记标题", "url": "笔记链接", "form": "笔记类型", "published_at": "发布日期",
         "external_id": "笔记ID", "impressions": "曝光", "plays": "阅读", "finish_rate": "完播率", "likes": "点赞", "collects": "收藏",
         "comments": "评论", "shares": "分享", "follows": "关注"},
        {"platform": "xhs"},
    ),
    Preset(
        "mp_articles", "公众号「单篇内容」",
        frozenset({"阅读/播放数", "喜欢(在看)", "留言/评论"}),
        {"plays": "阅读/播放数", "likes": "点赞", "shares": "转发", "comments": "留言/评论", "collects": "收藏",
         "finish_rate": "阅读完成率", "follows": "阅读后关注"},
        {"platform": "wechat"},
    ),
)  # fmt: skip
