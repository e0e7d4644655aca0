"""What is said of a model that words answers: the question whether it may, and how its sentences are marked."""

SENTENCES: dict[str, tuple[str, str]] = {
    "speak_title": ("让模型来写？", "Let a model write?"),
    "speak_text": (
        "现在你的分身只引用原话。同意以后，你单独问它时，找到的你的原话和你的问题会发给 {provider}，由它写成一两句；每一句都由程序核对出处，核对不上就不说，原话照样附上。\n"
        "同事问起，仍然只引用原话；只有在你加入的、写明模型可以转述、又先给你看的范围里，给同事的草稿也由它写，你看过、点了才发。你留着不分享的内容不会发出。换了模型会再问你。",
        "Your double quotes you. If you agree, then whenever you ask it alone, your own words that it finds and your question are sent to {provider}, which words an answer; code holds every sentence against its source, drops what does not stand there, and your words are shown beside it.\n"
        "Colleagues are still answered in quotes alone; but under a scope you joined that says a model may reword and that you look first, it words the draft for them too, which goes out only if you send it. What you keep to yourself is not sent. Another model asks you again.",
    ),
    "speak_note": (
        "默认关闭。随时说“只用原话”就关掉。",
        "Off unless you say so. Say “quotes only” at any time to end it.",
    ),
    "speak_button": ("同意", "Agree"),
    "speak_on": (
        "你单独问时，由 {provider} 来写（同意记录 {record}，{day}）。",
        "When you ask alone, {provider} writes (your consent {record}, {day}).",
    ),
    "quote_button": ("只用原话", "Quotes only"),
    "quote_text": (
        "好，只用原话，什么都不会发给模型。",
        "Quotes only, then: nothing is sent to any model.",
    ),
    "speak_none": (
        "这里没有接模型，你的分身只引用原话。",
        "No model is set up here: your double quotes you.",
    ),
    "speak_no_double": (
        "你还没有分身。先在群里说“加入”。",
        "You have no double yet: say “join” in a group first.",
    ),
    "told_inference": ("推断：{text}", "Inferred: {text}"),
    "told_note": (
        "上面是模型根据 {name} 的原话写的，逐句核对过出处，最新一条是 {day} 说的。",
        "Worded by a model from what {name} said, each sentence checked against it; the newest is of {day}.",
    ),
    "telling_note": (
        "还在写。每一句都先按 {name} 的原话核对，再显示；写完附上原话。",
        "Still writing. Each sentence is checked against what {name} said before it is shown; the words follow.",
    ),
    "told_label": ("AI 分身 · {name} · #{answer} · {provider}", "AI double · {name} · #{answer} · {provider}"),
}
