"""What is said when somebody asks why, and when owners take an answer back."""

SENTENCES: dict[str, tuple[str, str]] = {
    "why_button": ("为什么？", "Why?"),
    "why_button_of": ("为什么？{name}", "Why? {name}"),
    "why_title": ("为什么有这条回答 · #{answer}", "Why this answer · #{answer}"),
    "why_you_asked": (
        "{at}，你在“{chat}”提问，{name} 的分身回答。",
        "{at}: you asked in “{chat}”, and {name}'s double answered.",
    ),
    "why_asked": (
        "{at}，{asker} 在“{chat}”提问，你的分身回答。",
        "{at}: {asker} asked in “{chat}”, and your double answered.",
    ),
    "why_asked_alone": ("{at}，你单独问了自己的分身。", "{at}: you asked your own double, alone."),
    "why_basis": (
        "依据：本人为“{chat}”自愿开通，到 {until}，告知书第 {notice} 版。",
        "Consent: switched on by the colleague for “{chat}”, until {until}, notice version {notice}.",
    ),
    "why_basis_own": (
        "依据：你的同意 {record}（{chat}，{at} 给出，用 {since} 起说的话，到 {until}，告知书第 {notice} 版，"
        "范围：{scope}）。",
        "Consent: yours, {record} ({chat}, given {at}, for words since {since}, until {until}, notice version "
        "{notice}, scope: {scope}).",
    ),
    "why_default": ("默认", "the default one"),
    "why_auto": ("直接回答", "answered at once"),
    "why_review": ("先给你看", "shown to you first"),
    "why_rule_chat": (
        "规则：哪儿说的，哪儿答。只引用在那里说过的原话，发出的那一刻又核对了一次。",
        "Rule: where said, there answered. Only words that were said there, checked again at the moment of sending.",
    ),
    "why_rule_alone": (
        "规则：本人单独提问，可以看到自己的全部内容。",
        "Rule: alone with the bot, an owner reads all of their own words.",
    ),
    "why_worded": (
        "由 {provider} 来写：卡片上面的 {n} 句是它写的，逐句核对过出处；下面的引文是 {name} 的原话，一字未改。",
        "Worded by {provider}. Sentences of its own, first on the card, each checked: {n}. The quotes below are "
        "{name}'s words, unchanged.",
    ),
    "why_worded_inferred": (
        "由 {provider} 来写：卡片上面的 {n} 句是它写的，其中标“推断”的 {inferred} 句是它推出来的，逐句核对过出处；"
        "下面的引文是 {name} 的原话，一字未改。",
        "Worded by {provider}. Sentences of its own, first on the card, each checked: {n}; inferred, and marked so: "
        "{inferred}. The quotes below are {name}'s words, unchanged.",
    ),
    "why_retracted": ("{at} 已由本人撤回。", "Taken back by its owner: {at}."),
    "why_credit": ("这次回答记为你的一次贡献，只有你看得到。", "It counts as one credit of yours, which only you see."),
    "why_none": (
        "没有你能查看的这条回答。回复那条回答说“为什么”，或写 /why 加编号。",
        "There is no such answer for you to look into. Reply “why” to it, or write /why and its id.",
    ),
    "retract_button": ("撤回这条回答", "Take this answer back"),
    "withhold_button": ("这些内容不再分享", "Keep these words to myself"),
    "retracted_title": ("已撤回 · #{answer}", "Taken back · #{answer}"),
    "retracted_text": (
        "贡献已扣回，它引用的内容不再分享。{where}",
        "The credit is taken back, and what it quoted is shared no more. {where}",
    ),
    "retracted_replaced": ("原来的卡片已换成一行说明。", "One line now stands where the card was."),
    "retracted_said": (
        "平台不让我改那条消息，文字还在那里；我在它下面说明了已撤回，要去掉请撤回或删除那条消息。",
        "The platform lets me change nothing there: the words still stand. I said below that they are taken back; "
        "to remove them, an admin of the chat has to recall that message.",
    ),
    "retracted_unsent": ("它还没有显示出来，也不会再显示。", "It was not shown yet, and will not be."),
    "retracted_line": (
        "回答 #{answer} 已由本人撤回，请不要再用。",
        "Answer #{answer} has been taken back by its owner: please do not use it any more.",
    ),
    "retract_none": (
        "没有你的这条回答，或者已经撤回了。回复那条回答说“撤回回答”，或写 /retract 加编号。",
        "There is no such answer of yours, or it is taken back already. Reply “retract” to it, or write /retract and "
        "its id.",
    ),
}
