"""What is said when owners keep or drop words of theirs."""

SENTENCES: dict[str, tuple[str, str]] = {
    "remembered_title": ("记住", "Remember"),
    "remembered_text": (
        "记住了，放在“{chat}”的分身里，按你在那里开通的范围回答。",
        "Kept for “{chat}”, within what you switched on there.",
    ),
    "drop_button": ("忘记这条", "Forget this"),
    "remember_where": ("记在哪个群的分身里？", "For which chat shall I keep it?"),
    "remember_what": (
        "要记住什么？回复你自己的消息说“记住”，或写“记住：发版窗口是周四下午”。",
        "Remember what? Reply “remember” to a message of yours, or write “remember: we ship on Thursdays”.",
    ),
    "remember_own": ("只能记住你自己的话。", "I can only remember your own words."),
    "remember_no_consent": (
        "没能记下：你没有为那里开通分身（或那时还没开通；在群里 @我 说“加入”即可），或者其中提到了不愿被记下的人。",
        "Not kept: you have no double switched on there (or had none at that time; mention me with “join” in the group), or it names somebody who wants to be kept out.",
    ),
    "forgotten": ("已忘记，并已删除。", "Forgotten, and erased."),
    "forget_nothing": (
        "没有找到你的这条内容。回复你自己的消息说“忘记”，或写“忘记：”加原话。",
        "I found no such words of yours. Reply “forget” to a message of yours, or write “forget:” and the same words.",
    ),
    "not_yours": ("这是给别人的按钮。", "This button is for somebody else."),
}
