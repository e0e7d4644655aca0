"""What is said of all that is stored about somebody."""

SENTENCES: dict[str, tuple[str, str]] = {
    "mydata_title": ("我的数据", "My data"),
    "mydata_none": ("我这里没有存你的任何内容。", "Nothing is stored about you."),
    "mydata_chat": (
        "{chat}：{messages} 条消息（{sources}），{first} 到 {last}",
        "{chat}: {messages} messages ({sources}), {first} to {last}",
    ),
    "source_live": ("群里说的 {n}", "said there {n}"),
    "source_history": ("以前说的 {n}", "said before {n}"),
    "source_file": ("来自文件 {n}", "from a file {n}"),
    "source_note": ("让我记住的 {n}", "noted {n}"),
    "source_kept": ("留给下次的 {n}", "kept {n}"),
    "source_interview": ("访谈里说的 {n}", "in an interview {n}"),
    "source_title": ("页面标题 {n}", "titles of pages {n}"),
    "mydata_pages": (
        "页面 {pages} 个、版本 {versions} 个：只记每一行是哪条消息，不另存内容。",
        "Pages: {pages} in {versions} versions, which say only which message each line is; no word is stored again.",
    ),
    "mydata_made": (
        "由此得到：{terms} 个检索词条、{vectors} 个向量；都加密、打乱或旋转过，密钥不在这个库里。",
        "Made of them: {terms} search terms and {vectors} vectors; sealed, blinded or rotated, and the key is kept apart.",
    ),
    "mydata_answers": (
        "分身回答别人 {answered} 次，{first} 到 {last}；你撤回了 {retracted} 次。",
        "Your double answered others {answered} times, {first} to {last}; you took {retracted} back.",
    ),
    "mydata_records": (
        "同意记录（收据）{records} 条；账本 {entries} 条，{first} 到 {last}。",
        "Consent records (receipts): {records}; ledger entries: {entries}, {first} to {last}.",
    ),
    "mydata_withheld": ("不分享的内容 {withheld} 项。", "Kept to yourself: {withheld}."),
    "mydata_forgotten": (
        "已忘记的内容留下 {marks} 个记号：读不出是什么，只用来不再记下。",
        "Of what was forgotten, {marks} marks: they tell nothing, and keep it from being recorded again.",
    ),
    "mydata_drafts": (
        "先给你看的草稿 {drafts} 份，七天内的，发没发都算；问题的内容不存。",
        "Drafts for your look: {drafts} of these seven days, sent or not; what was asked is not stored.",
    ),
    "mydata_interviews": (
        "访谈进度 {interviews} 份：问到哪里，只有编号。",
        "Interviews: {interviews}, how far they have come, in ids alone.",
    ),
    "mydata_asked": (
        "你提问得到 {asked} 次回答；其中 {questions} 个问题的内容有存，{waiting} 个在等本人回答。",
        "You were answered {asked} times; the words of {questions} questions are kept, and {waiting} wait for a person.",
    ),
    "mydata_said": (
        "你对其中 {said} 次说过有用或没用，只有回答你的那位同事看得到。",
        "Of {said} of them you said whether they were useful, which only the colleague who answered sees.",
    ),
    "mydata_note": (
        "只有你看得到。你问过谁、什么时候、在哪儿，记在回答你的那位同事那里。",
        "Only you see this. Whom you asked, when and where stands in the records of the colleague who answered.",
    ),
    "unask_button": ("删除我的问题", "Delete my questions"),
    "unasked": (
        "你的问题已删除，等人回答的也不再等了，你对回答说过的也撤掉了。",
        "Your questions are deleted, none waits any more, and what you said of answers is taken back.",
    ),
}
