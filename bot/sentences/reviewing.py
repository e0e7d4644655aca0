"""What is said of answers that their owner sees first."""

SENTENCES: dict[str, tuple[str, str]] = {
    "draft_title": ("有人问你的分身，等你看一眼", "Asked of your double: your look first"),
    "draft_asked": ("{asker}（{day}，{where}）问：{question}", "{asker} ({day}, {where}) asks: {question}"),
    "draft_unread": ("读不到问题了", "the question cannot be read any more"),
    "draft_alone": ("单独", "alone"),
    "draft_would": ("你的分身会引用下面的原话。", "Your double would quote the words below."),
    "draft_outline": (
        "你的分身只会给出下面的日期和链接。",
        "Your double would give only the dates and links below.",
    ),
    "draft_told": ("你的分身会说：", "Your double would say:"),
    "draft_note": (
        "你不点就不会发，7 天后作废；对方不知道有这份草稿。也可以发：/review {draft} send（发送）、send 你的话、always、myself、no、withhold。",
        "Nothing is sent unless you send it; it goes after 7 days, and the asker cannot tell that it is here. Or say /review {draft} send, send YOUR WORDS, always, myself, no, or withhold.",
    ),
    "draft_onward": (
        "“以后都发”：范围“{scope}”里的内容，以后直接回答能问的人，不再先给你看；别的都不变，随时可以 /narrow {scope} mode review 改回来。",
        "“Send such ones from now on”: what the scope “{scope}” covers is answered at once to whoever may ask, without your look; nothing else changes, and /narrow {scope} mode review takes it back at any time.",
    ),
    "draft_label": ("AI 分身 · {name} · 草稿，未发送", "AI double · {name} · draft, not sent"),
    "draft_field": ("改成你自己的话", "In your own words"),
    "draft_send": ("发送", "Send"),
    "draft_on": ("发送，以后都发", "Send, and such ones from now on"),
    "draft_own": ("发我写的", "Send what I wrote"),
    "draft_put": ("我自己答", "Answer myself"),
    "draft_no": ("不发", "Do not send"),
    "draft_withhold": ("不分享这些内容", "Keep these words back"),
    "draft_sent": ("已发给 {asker}（#{answer}）。", "Sent to {asker} (#{answer})."),
    "draft_sent_on": (
        "已发给 {asker}（#{answer}）；以后范围“{scope}”里的直接回答。",
        "Sent to {asker} (#{answer}); what the scope “{scope}” covers is answered at once from now on.",
    ),
    "draft_declined": ("没有发，也没有人知道。", "Not sent, and nobody knows."),
    "draft_gone": (
        "没有这份等你看的草稿：已经处理过，或者作废了。",
        "There is no such draft that waits: it was dealt with, or it is void.",
    ),
    "draft_not_any_more": (
        "没有发：你的同意、那条原话、对方能问的范围或次数已经变了。草稿作废了。",
        "Not sent: your consent, the words it quotes, who may ask, or how often has changed. The draft is void.",
    ),
    "draft_empty": (
        "先在那一行写上你的话，或者发 /review {draft} send 你的话。",
        "Write your words in the line first, or say /review {draft} send YOUR WORDS.",
    ),
    "drafts_title": ("等你看的草稿", "Drafts that wait for you"),
    "drafts_text": (
        "有 {n} 条回答等你看一眼，你不点就不会发：",
        "{n} answers wait for your look; none is sent without it:",
    ),
    "drafts_none": ("没有等你看的草稿。", "No draft waits for you."),
    "drafts_line": ("{n} 条回答等你看一眼", "{n} answers wait for your look"),
    "drafts_button": ("看草稿（{n}）", "Look at drafts ({n})"),
    "draft_look": ("看：{question}", "Look: {question}"),
    "reviewed_label": (
        "AI 分身 · {name} · #{answer} · {name} 看过",
        "AI double · {name} · #{answer} · reviewed by {name}",
    ),
    "reviewed_told_label": (
        "AI 分身 · {name} · #{answer} · {provider} · {name} 看过",
        "AI double · {name} · #{answer} · {provider} · reviewed by {name}",
    ),
    "reviewed_own_label": (
        "分身转交 · {name} · #{answer} · {name} 亲自写的",
        "Brought by a double · {name} · #{answer} · written by {name}",
    ),
    "reviewed_own_text": ("{name} 看到问题后写的：", "Written by {name} on seeing the question:"),
    "reviewed_own_note": ("这是 {name} 刚写的话，不是 AI。", "These are words {name} just wrote, not AI."),
}
