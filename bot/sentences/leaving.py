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
    "leave_nothing": (
        "你没有开通任何分身，没有什么要删的。",
        "You have no double switched on: there is nothing to erase.",
    ),
}
