"""What is said when a double is switched off and erased."""

SENTENCES: dict[str, tuple[str, str]] = {
    "stopped_title": ("已停止", "Stopped"),
    "stopped_all": (
        "你的分身已全部停用，不再记录，也不再回答。正在删除……",
        "All of your double is off: nothing is recorded, nothing answered. Erasing…",
    ),
    "stopped_chat": ("“{chat}”的分身已停用。正在删除……", "Your double in “{chat}” is off. Erasing…"),
    "erased_title": ("已删除", "Erased"),
    "erased_text": (
        "停用 {stopped}；密钥销毁 {destroyed}；数据删除 {erased}。删除 {messages} 条消息、{postings} 条索引。",
        "Stopped {stopped}; key destroyed {destroyed}; data deleted {erased}. {messages} messages and {postings} index entries removed.",
    ),
    "erased_probe": (
        "核查：删除前找得到的样本，删除后找不到了（残留 {residue}）。",
        "Checked: samples found before could not be found after (residue {residue}).",
    ),
    "erased_unchecked": (
        "密钥已销毁；数据文件的核查未能进行。",
        "The key is destroyed; the check of the data could not be run.",
    ),
    "halted": (
        "管理员让你的分身停了下来：不回答，也不记录；没有删除任何东西，随时可以退出。",
        "An admin has halted your double: it answers nothing and records nothing. Nothing was erased, and you can leave at any time.",
    ),
    "unhalted": (
        "管理员解除了停用：你的分身照你原来开通的继续。",
        "The admin's halt is over: your double goes on as you had switched it on.",
    ),
    "returned": (
        "欢迎回来。你的分身还在，但已暂停：说“恢复”就继续，说“退出”就删除。",
        "Welcome back. Your double is still here, and paused: say “resume” to let it go on, or “leave” to erase it.",
    ),
    "standing_title": ("已撤下的回答", "Answers taken down"),
    "standing_text": (
        "引用过你的话的 {times} 条回答，平台不让机器人替换，还留在这些群里：",
        "The platform does not let me replace {times} answers that quoted you. They stand in these chats:",
    ),
    "standing_line": ("· {chat}：{answers}", "· {chat}: {answers}"),
    "standing_note": (
        "其余的都已替换。群主或管理员可以在群里撤回这些消息。",
        "All others are replaced. Whoever runs a chat can take these messages back there.",
    ),
    "leave_nothing": (
        "你没有开通任何分身，没有什么要删的。",
        "You have no double switched on: there is nothing to erase.",
    ),
}
