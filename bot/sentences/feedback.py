"""What is said when an asker finds an answer useful or not."""

SENTENCES: dict[str, tuple[str, str]] = {
    "useful_button": ("👍 有用", "👍 Useful"),
    "useless_button": ("👎 没用", "👎 Not useful"),
    "feedback_title": ("这条回答怎么样 · #{answer}", "What you think of an answer · #{answer}"),
    "useful_toast": ("谢谢，只有本人会看到。", "Thanks; only the colleague is told."),
    "useless_toast": ("为什么？我单独问你。", "Why? I ask you privately."),
    "feedback_useful": ("你说：有用。", "You found it useful."),
    "feedback_useless": ("哪里不好？点一个就行，不点也行。", "What is wrong with it? One tap, or none."),
    "feedback_said": ("你说：{said}。", "You said: {said}."),
    "feedback_note": (
        "只告诉本人，不告诉别人，也不计数排名。点另一个就改；说“删除我的问题”就撤掉。",
        "Told to the colleague alone, nobody else, and never ranked. Tap another to change it; “delete my questions” takes it back.",
    ),
    "feedback_none": (
        "没有你问来的这条回答。回复那条回答说“有用”或“没用”，或写 /useful 加编号。",
        "There is no such answer to a question of yours. Reply “useful” or “useless” to it, or write /useful and its id.",
    ),
    "said_useful": ("有用", "useful"),
    "said_useless": ("没用", "useless"),
    "said_wrong": ("错了", "wrong"),
    "said_outdated": ("过时了", "outdated"),
    "said_beside": ("答非所问", "not the question"),
    "said_misplaced": ("不该在这里说", "not for here"),
    "scopes_useful": ("最近 7 天有 {times} 次被说有用。", "Found useful {times} times in the last 7 days."),
    "scopes_complaint": ("#{answer} 被说{said}（{day}）", "#{answer} was said to be {said} ({day})"),
    "complaint_button": ("看 #{answer}", "See #{answer}"),
    "why_feedback": (
        "提问的人说：{said}。要更正，回复那条回答写“更正：”加上现在的说法；要撤回，点下面。",
        "Whoever asked said: {said}. To correct it, reply to it with “correct:” and how it is now; to take it back, tap below.",
    ),
    "why_useful": ("提问的人说：有用。", "Whoever asked found it useful."),
}
