"""What is said when a consent runs out, and once a week."""

SENTENCES: dict[str, tuple[str, str]] = {
    "renewal_title": ("你的分身快到期了", "Your double is about to end"),
    "renewal_line": ("{chat}：到 {until}", "{chat}: until {until}"),
    "renewal_scope": (
        "范围 {scope}：到 {until}（/narrow {scope} 看全部内容）",
        "Scope {scope}: until {until} (/narrow {scope} shows every side)",
    ),
    "renewal_text": (
        "到期就停用，30 天后删除；不想续，什么都不用做。续期后再用 {days} 天，其他照旧。",
        "Then it stops, and is erased 30 days later; if that is what you want, do nothing. Renewed, it goes on for {days} days, as it is.",
    ),
    "renew_button": ("续期 {days} 天", "Renew for {days} days"),
    "renewed_toast": ("已续期。", "Renewed."),
    "renew_nothing": ("没有快到期的分身。", "Nothing of yours is about to end."),
    "weekly_title": ("这一周，你的分身", "Your double this week"),
    "weekly_note": (
        "每周最多一条，没有动静就不发；不想收，发 /weekly off。",
        "At most one a week, and none when nothing happened; to have none, send /weekly off.",
    ),
    "weekly_stop": ("不再发这一条", "No such note any more"),
    "weekly_off": (
        "好，不再发每周小结。发“每周小结”恢复。",
        "There will be no weekly note. Say “weekly” to have it again.",
    ),
    "weekly_on": ("好，有动静的话，每周告诉你一次。", "If anything happened, you will be told once a week."),
}
