"""What is asked and said in an interview."""

SENTENCES: dict[str, tuple[str, str]] = {
    "interview_button": ("访谈（约五分钟）", "Interview (five minutes)"),
    "interview_title": ("访谈：{chat}（还有 {left} 问）", "Interview: {chat} ({left} to go)"),
    "interview_begin": (
        "像带新人那样问你几句，约五分钟，每一问都可以跳过。你的回答放进“{chat}”的分身，按你在那里开通的范围回答，注明“访谈里说的”。",
        "A few questions that a new colleague would ask, about five minutes, each can be skipped. Your answers join your "
        "double for “{chat}”, within what you switched on there, marked “in an interview”.",
    ),
    "interview_noted": ("记下了。下一问：", "Noted. Next:"),
    "interview_again": ("已忘记，并已删除。重新问一次：", "Forgotten, and erased. Once more:"),
    "asked_come_for": (
        "同事最常来找你问什么？你通常怎么回答？",
        "What do colleagues come to you for most, and what do you tell them?",
    ),
    "asked_where": (
        "相关的资料放在哪里：哪个文档、仓库、看板或柜子？",
        "Where does it live: which document, repository, board or cabinet?",
    ),
    "asked_wrong": ("最容易出什么问题？出了怎么办？", "What goes wrong most often, and what do you do then?"),
    "asked_decides": ("谁拍板？要先问谁、谁签字？", "Who decides, and who has to agree or sign?"),
    "asked_changed": (
        "最近有什么变了，但还不是人人都知道？",
        "What has changed lately that not everybody knows yet?",
    ),
    "asked_routine": ("有什么是定期要做的？什么时候做？", "What has to be done regularly, and when?"),
    "asked_others": (
        "什么事大家爱来找你，其实该找别人或看别处？",
        "What do people bring to you that they would better look up, or take to somebody else?",
    ),
    "interview_such_as": ("（比如：{words}）", "(For example: {words})"),
    "interview_still": (
        "你说过下面这句。还对吗？有变化或要补充就写下来，没有就跳过。",
        "You said this. Does it still hold? Write what has changed or is missing, or skip.",
    ),
    "interview_you": ("你", "You"),
    "interview_note": (
        "直接在这里写，写成别人单看也明白的话。问句和命令照常处理，不算回答；隔了一小时以上，先说“访谈”再接着答。不想答了，说“结束”。",
        "Just write it here, so that it makes sense by itself. Questions and commands work as ever and are no answers; "
        "after more than an hour say “interview” first. To end it, say “stop”.",
    ),
    "interview_note_unseen": (
        "在这里撤回的消息我看不到，要删就说“忘记”。",
        "A message that you recall here I do not see: say “forget” to erase it.",
    ),
    "interview_skip": ("跳过", "Skip"),
    "interview_stop": ("结束", "Stop"),
    "interview_go_on": ("接着访谈", "Go on"),
    "interview_over_title": ("访谈", "Interview"),
    "interview_over": (
        "问完了，谢谢。记下 {given} 条，放在“{chat}”的分身里。问问自己试试：",
        "That was all, thank you. {given} answers kept for “{chat}”. Ask yourself:",
    ),
    "interview_stopped": (
        "先到这里。“{chat}”记下了 {given} 条，还有 {left} 问；想接着来，随时说“访谈”。",
        "That is it for now. {given} answers kept for “{chat}”, {left} questions left; say “interview” to go on at any time.",
    ),
    "interview_where": (
        "为哪个群的分身做访谈？也可以在那个群里 @我 说“访谈”。",
        "For which chat shall I interview you? You can also mention me with “interview” there.",
    ),
    "interview_no_consent": (
        "先在群里 @我 说“加入”（暂停了的先说“恢复”），再做访谈。",
        "First mention me with “join” in a group (or say “resume” after a pause), then I can interview you.",
    ),
    "interview_refused": (
        "没有记下：那里的分身现在不记录，或者其中提到了不愿被记下的人。可以换个说法，或说“跳过”。",
        "Not kept: nothing is recorded for that chat now, or it names somebody who wants to be kept out. Put it in other words, or say “skip”.",
    ),
    "interview_none": (
        "现在没有在访谈。想开始，说“访谈”。",
        "There is no interview going on. Say “interview” to begin.",
    ),
    "interview_past": ("这一问已经过去了。", "This question has passed."),
}
