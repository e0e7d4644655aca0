"""What is said when a question is put to the person, and when her reply comes."""

SENTENCES: dict[str, tuple[str, str]] = {
    "ask_button": ("问 {name} 本人", "Ask {name}"),
    "ask_title": ("有人想请教", "A question for you"),
    "ask_text": ("{asker} 想请教 {name}：{question}", "{asker} asks {name}: {question}"),
    "somebody": ("群里的同事", "A colleague"),
    "asked_toast": ("已在群里转达。", "Asked in the chat."),
    "asked_already": ("已经转达过了。", "Already asked."),
    "ask_note": (
        "回答：回复这条消息（钉钉上请同时 @我），或发“@我 /answer {put} 你的回答”。",
        "To answer: reply to this message (on DingTalk mention me too), or send “@me /answer {put} your answer”.",
    ),
    "replied_title": ("{name} 回答了", "{name} answered"),
    "replied_text": ("{name} 回答了：", "{name} answered:"),
    "replied_note": ("这是 {name} 本人的回答，不是 AI。", "These are {name}'s own words, not AI."),
    "answer_gone": (
        "没有这个等你回答的问题。",
        "There is no such question that waits for you.",
    ),
    "which_put": (
        "有几个问题在等你。请写上编号：@我 /answer 编号 你的回答（{codes}）",
        "Several questions wait for you. Please name one: @me /answer CODE your answer ({codes})",
    ),
    "keep_title": ("留给下次？", "Keep this for next time?"),
    "keep_text": (
        "下次有人在那里问起，你的分身就用这段话回答。标题可以改。",
        "The next time somebody asks there, your double answers with it. The title is yours to change.",
    ),
    "keep_proposed": ("标题：{title}", "Title: {title}"),
    "keep_field": ("标题", "Title"),
    "keep_button": ("留给下次", "Keep this for next time"),
    "keep_for": ("留给「{chat}」", "Keep it for {chat}"),
    "keep_which": (
        "有几个群可以留：点卡片上的按钮，或按卡片上的顺序写上序号，例如 /keep K7Q2#2。",
        "It may be kept for several chats: tap a button of the card, or add the number in its order, like /keep K7Q2#2.",
    ),
    "asked_alone_toast": (
        "如果能私下联系到 {name}，我会转达；有回答就告诉你。",
        "If {name} can be reached by me, I pass it on; an answer will be brought to you.",
    ),
    "keep_gone": (
        "读不到那条消息了，请用“记住：……”写给我。",
        "That message can no longer be read: write it to me as “remember: …”.",
    ),
    "kept_toast": ("记住了。", "Kept."),
}
