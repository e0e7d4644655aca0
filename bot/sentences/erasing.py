"""What is said when owners erase what they said within some days."""

SENTENCES: dict[str, tuple[str, str]] = {
    "erase_title": ("删除一段时间", "Erase some days"),
    "erase_what": (
        "哪几天？写“删除 2026-03-01 到 2026-03-31”“删除 2026年3月”或“删除 昨天”：私聊里指所有群，在群里说只指那个群。删之前会先给你看有多少条。",
        "Which days? Say “erase 2026-03-01 to 2026-03-31”, “erase 2026-03” or “erase yesterday”: here it means every chat, "
        "in a group that one alone. You see how many messages it is before anything is erased.",
    ),
    "erase_text": (
        "你从 {first} 到 {last} 在{where}说过的 {messages} 条消息会被删除：立即不再用于回答，引用过它们的回答会撤下。删了找不回来，那段时间说的话以后也不再记录。其余的照旧。",
        "{messages} messages that you wrote from {first} to {last} in {where} will be erased: they answer nothing from that "
        "moment on, and answers that quoted them are taken down. They cannot be brought back, and nothing said then is "
        "recorded again. Everything else stays.",
    ),
    "erase_everywhere": ("所有群里", "all chats"),
    "erase_chat": ("“{chat}”里", "“{chat}”"),
    "erase_none": (
        "那几天没有记录你说的话，没有什么要删的。",
        "Nothing of yours is recorded from then: there is nothing to erase.",
    ),
    "erase_today": ("今天", "Today"),
    "erase_days": ("最近 {days} 天", "The last {days} days"),
    "erase_button": ("删除这 {messages} 条", "Erase these {messages}"),
    "stopped_window": (
        "你从 {first} 到 {last} 说的话已停用，不再用于回答。正在删除……",
        "What you said from {first} to {last} answers nothing any more. Erasing…",
    ),
    "erased_window": ("从 {first} 到 {last} 说的话：", "What you said from {first} to {last}:"),
}
