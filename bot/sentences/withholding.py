"""What is said when owners keep something to themselves."""

SENTENCES: dict[str, tuple[str, str]] = {
    "withheld_title": ("不分享的内容", "Kept to yourself"),
    "withheld_none": ("没有不分享的内容。", "Nothing is kept back."),
    "withheld_topic": ("· “{words}”：{passages} 条", "· “{words}”: {passages} passages"),
    "withheld_message": ("· “{chat}”里的一条消息（{day} 起）", "· one message in “{chat}” (since {day})"),
    "withheld_answer": ("· 回答 #{answer} 引用的 {passages} 条", "· what answer #{answer} quoted: {passages} passages"),
    "withheld_page": (
        "· “{chat}”的页面 {page}：{passages} 条",
        "· page {page} of “{chat}”: {passages} passages",
    ),
    "withheld_note": (
        "只有你单独问我时才会用到，别人看不出有没有。写“不分享：供应商，报价”再加；一个主题的词都出现才算，换个说法的不算。",
        "Used only when you ask me alone; nobody else can tell. Add with “withhold: supplier, offer”; a topic reaches "
        "what has all of its words, and nothing said in other words.",
    ),
    "allow_button": ("允许：{what}", "Allow: {what}"),
    "withhold_not": (
        "没有可以收起的内容：你没有分身，或者这几个字太常见、太长。写“不分享：供应商”，或回复你自己的消息、分身的回答说“不分享”。",
        "There is nothing to keep back: you have no double, or these words are too common or too long. Write "
        "“withhold: supplier”, or reply “withhold” to a message of yours or to an answer of your double.",
    ),
    "allow_not": (
        "没有这一项。“我的分身 → 更多 → 不分享的内容”里可以逐项恢复。",
        "There is no such entry. My double → More → Kept to yourself lists each, to be allowed again.",
    ),
}
