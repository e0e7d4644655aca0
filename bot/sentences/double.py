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
    "scopes_outline": (" · 只给日期和链接", " · date and link alone"),
    "scopes_review": (" · 先给我看", " · shown to me first"),
    "scopes_note": ("直接在这里提问，就是问你自己的分身。", "A question here asks your own double."),
    "scopes_answered": ("最近 7 天替你回答了 {times} 次。", "Answered {times} times for you in the last 7 days."),
    "scopes_unanswered": ("有 {times} 个问题它答不上来。", "It could not answer {times} questions."),
    "scopes_waiting": ("等你亲自回答的问题：{times} 个", "Questions that wait for your own answer: {times}"),
    "waits_line": ("· {asker}（{day}）：{question}", "· {asker} ({day}): {question}"),
    "and_more": ("……还有 {left} 个", "… and {left} more"),
    "answer_now": ("现在回答：{question}", "Answer now: {question}"),
    "waits_title": ("有人在等你回答", "Somebody waits for your answer"),
    "answer_where": (
        "你的回答会原样发到“{chat}”，那里的人都看得到。没有输入框时，写 /answer {put} 你的回答。",
        "Your answer is posted word for word in “{chat}”, where everybody can read it. Without a line to fill in, "
        "write /answer {put} your answer.",
    ),
    "answer_alone": (
        "回答只转给提问的人。也可以回复这条消息，或写：/answer {put} 你的回答",
        "Your answer is brought to the one who asks and nobody else. Or reply to this message, or write: /answer {put} your answer",
    ),
    "answer_field": ("你的回答", "Your answer"),
    "answer_send": ("回答", "Answer"),
    "answer_and_keep": ("回答，并留给下次", "Answer and keep it for next time"),
    "answer_empty": (
        "还没有写回答。也可以发：/answer {put} 你的回答",
        "There is no answer yet. Or send: /answer {put} your answer",
    ),
    "answer_keep_for": ("回答，并留给「{chat}」", "Answer and keep it for {chat}"),
    "answer_sent": ("已转给提问的人。", "Brought to the one who asked."),
    "answer_kept": ("已转给提问的人，也记住了。", "Brought to the one who asked, and kept."),
    "scopes_paused": ("{chat}：已暂停，不回答也不记录", "{chat}: paused, nothing is answered or recorded"),
    "scopes_over": (
        "{chat}：{ended} 已到期，不回答也不记录；再过 30 天删除",
        "{chat}: ended on {ended}, nothing is answered or recorded; erased 30 days later",
    ),
    "scopes_forbidden": (
        "{chat}：管理员或集体协议不允许，不回答也不记录；记下的还在，可以退出",
        "{chat}: the admins or the works agreement forbid it, nothing is answered or recorded; what was recorded is there, until you leave",
    ),
    "scopes_left": (
        "{chat}：{ended} 管理员或平台说你离职了，已冻结，不回答也不记录；再过 30 天删除，现在就可以退出",
        "{chat}: frozen on {ended}, when the admins or the platform said that you left the company; nothing is answered or "
        "recorded; erased 30 days later, or now if you leave",
    ),
    "ceiling_changed": (
        "管理员改了群里分身的上限：收紧的已经生效，放宽的不会超出你同意过的。你的现在是这样：",
        "The admins changed how far doubles may go. What became narrower is in force; what became wider gives nobody more "
        "than you agreed to. This is how yours stands now:",
    ),
    "more_title": ("更多", "More"),
    "more_text": ("不常用的都在这里。", "What is needed less often."),
    "more_credit": (
        "贡献：{credit}，每回答同事一次记一次，撤回就扣掉。只有你看得到。",
        "Credit: {credit}, one for each answer to a colleague that you have not taken back. Only you see this.",
    ),
    "receipt_button": ("收据", "Receipt"),
    "pause_button": ("暂停", "Pause"),
    "resume_button": ("恢复", "Resume"),
    "leave_chat_button": ("退出 {chat}", "Leave {chat}"),
    "leave_all_button": ("全部退出并删除", "Leave and erase all"),
}
