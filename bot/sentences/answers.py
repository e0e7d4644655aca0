"""What an answer says, and the one sentence where there is none."""

SENTENCES: dict[str, tuple[str, str]] = {
    "answer_title": ("{name} 的分身", "{name}'s double"),
    "answer_text": ("{name} 的原话：", "In {name}'s own words:"),
    "answer_outline": (
        "{name} 在这些时候说到过，请到群里查看：",
        "{name} spoke of it here; please read it in the chat:",
    ),
    "answer_label": ("AI 分身 · {name} · #{answer}", "AI double · {name} · #{answer}"),
    "answer_note": ("只引用 {name} 自愿分享到这里的原话。", "Only words that {name} chose to share here."),
    "not_agreed": ("说法不一：看日期，新的在前。", "Not all of it agrees: mind the dates, the newest is first."),
    "from_file": ("来自文件", "from a file"),
    "from_interview": ("访谈里说的", "in an interview"),
    "self_note": ("只有你看得到。", "Only you can see this."),
    "nothing_title": ("分身", "Double"),
    "nothing_named": (
        "我这里没有 {name} 分享到这里、能回答这个问题的内容。",
        "I have nothing that {name} shares here and that answers this.",
    ),
    "nothing": (
        "我这里没有谁分享到这里、能回答这个问题的内容。",
        "I have nothing that anyone shares here and that answers this.",
    ),
    "which_title": ("问哪一位？", "Which one?"),
    "which_text": ("有几位同事符合，请选一位。", "Several colleagues match: please choose."),
    "knowing_text": ("这里有同事说到过，请选一位。", "Said here by colleagues who share it: please choose."),
    "together_title": ("几位同事的分身", "Several doubles"),
    "together_note": (
        "每一段只引用那位同事自愿分享到这里的原话。",
        "Each part has only words that this colleague chose to share here.",
    ),
    "aside_note": ("你在“{chat}”里问的；这条只有你看得到。", "You asked this in “{chat}”: only you can see this."),
    "unfold_button": ("展开全部", "Show all"),
    "unfold_none": (
        "这里没有可以展开的回答。",
        "There is no answer here that could be shown in full.",
    ),
    "withdrawn_title": ("分身", "Double"),
    "withdrawn_text": ("这条回答已撤下。", "This answer has been withdrawn."),
    "trouble": ("刚才没能答上来，请再问一次。", "That did not work just now: please ask again."),
    "stale_question": ("这个问题太久了，请重新问一次。", "That question is too old: please ask it again."),
}
