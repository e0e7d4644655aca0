"""What the card “My double” says."""

SENTENCES: dict[str, tuple[str, str]] = {
    "scopes_title": ("我的分身", "My double"),
    "scopes_none": (
        "还没有开通。在群里 @我 说“加入”即可，只有你自己能决定。",
        "Nothing is switched on. Mention me with “join” in a group; only you can decide.",
    ),
    "scopes_line_chat": (
        "{chat}：本群可问 · 到 {until} · {messages} 条消息",
        "{chat}: whoever is there can ask · until {until} · {messages} messages",
    ),
    "scopes_line_me": (
        "{chat}：只有我自己 · 到 {until} · {messages} 条消息",
        "{chat}: only me · until {until} · {messages} messages",
    ),
    "scopes_note": ("直接在这里提问，就是问你自己的分身。", "A question here asks your own double."),
    "scopes_answered": ("最近 7 天替你回答了 {times} 次。", "Answered {times} times for you in the last 7 days."),
    "scopes_paused": ("{chat}：已暂停，不回答也不记录", "{chat}: paused, nothing is answered or recorded"),
    "pause_button": ("暂停", "Pause"),
    "resume_button": ("恢复", "Resume"),
    "leave_chat_button": ("退出 {chat}", "Leave {chat}"),
    "leave_all_button": ("全部退出并删除", "Leave and erase all"),
}
