"""What is said of words that no consent of their owner's covers any more."""

SENTENCES: dict[str, tuple[str, str]] = {
    "leftover_title": ("剩下的消息", "What is left over"),
    "leftover_text": (
        "有 {messages} 条更早的消息，你现在的同意都不包含：还存着，谁来问都不用，只在你自己的页面和导出里还有。"
        "收窄满 30 天自动删除，引用过它们的回答一并撤下。"
        "想再用，就重新加入并选“含最近 90 天”。",
        "{messages} earlier messages are covered by no consent of yours any more: they lie stored, answer nobody, and stand "
        "only on your own pages and in your export. 30 days after you narrowed it they are erased by themselves, and answers "
        "that quoted them are taken down. To use them again, join anew with the last 90 days.",
    ),
    "leftover_line": (
        "更早的 {messages} 条消息还存着，谁来问都不用，只在你自己的页面和导出里还有；可以现在删，收窄满 30 天也会自动删除，引用过它们的回答一并撤下。",
        "{messages} earlier messages lie stored: they answer nobody, and stand only on your own pages and in your export. Erase "
        "them now, or they go by themselves 30 days after you narrowed it, and answers that quoted them with them.",
    ),
    "leftover_kept": (
        "你特意记住或留下的另有 {kept} 条：也存着不用，不会自动删，要你说才删。",
        "Apart from them, {kept} that you noted or kept on purpose: stored and unused as well, and erased only if you say so.",
    ),
    "leftover_button": ("删除更早的 {messages} 条", "Erase the {messages} earlier ones"),
    "leftover_all_button": (
        "连特意留下的都删，共 {messages} 条",
        "Erase all {messages}, what I kept as well",
    ),
    "leftover_none": ("没有剩下的消息。", "Nothing is left over."),
    "stopped_leftover": (
        "更早的、已不用于回答的消息正在删除……",
        "The earlier messages, which answered nothing any more, are being erased…",
    ),
    "erased_leftover": ("更早的、你的同意不再包含的消息：", "Earlier messages that no consent of yours covered:"),
}
