"""What is said of scopes that are joined by their names."""

SENTENCES: dict[str, tuple[str, str]] = {
    "scope_offer_title": ("加入“{scope}”？", "Join “{scope}”?"),
    "scope_offer_text": (
        "只用你自己说的话，注明出处和“AI 分身”；会超出原来的群。没有名单和排名，不用于考核或替岗。"
        "有人得到回答，就知道你加入了。随时可以收窄或退出。",
        "It uses only your own words, with source and the label “AI double”, beyond the chat where they were said. No "
        "lists, no rankings, never to judge or replace anybody. Once somebody is answered, they know you joined. Narrow "
        "it or leave at any time.",
    ),
    "scope_sources": ("来源：{chats}", "From: {chats}"),
    "scope_since": ("（{day} 起）", " (since {day})"),
    "scope_words": ("只含：{words}", "Only with: {words}"),
    "scope_chat": ("“{chat}”里的人", "whoever is in “{chat}”"),
    "scope_chat_unnamed": (
        "机器人还不知道名字的一个群里的人",
        "whoever is in a chat whose name the bot does not know yet",
    ),
    "chat_unnamed": ("一个机器人还不知道名字的群", "a chat whose name the bot does not know yet"),
    "chats_read": ("{n} 个群", "{n} chats"),
    "chats_unnamed": ("{n} 个机器人还不知道名字的群", "{n} chats whose names the bot does not know yet"),
    "scope_person": ("{person}（单聊）", "{person} (alone)"),
    "scope_department": ("部门“{department}”的人", "the department “{department}”"),
    "scope_readers": ("谁能问：{readers}", "Who may ask: {readers}"),
    "scope_nobody": ("没有人", "nobody"),
    "scope_full": ("原话，附出处", "your words, with their source"),
    "scope_outline": ("只给日期和链接，不给原话", "only date and link, none of your words"),
    "scope_withheld": ("什么都不答", "nothing at all"),
    "scope_level": ("给什么：{level}", "What they get: {level}"),
    "scope_review": (
        "每条回答先给你看，你发了才有；不发，对方看不出有没有。",
        "Each answer is shown to you first and sent by you alone; if you do not, nobody can tell that there was one.",
    ),
    "scope_model": ("模型可以转述。", "A model may say it in other words."),
    "scope_quota": ("每人每天最多 {quota} 次", "At most {quota} answers a person and day"),
    "scope_until": ("到 {day}", "Until {day}"),
    "scope_join_back": ("加入，含最近 90 天", "Join, with the last 90 days"),
    "scope_join_today": ("加入，从今天起", "Join, from today"),
    "scope_joined_title": ("已加入：{scope}", "Joined: {scope}"),
    "scope_title": ("范围：{scope}", "Scope: {scope}"),
    "scope_paused": ("已暂停：不回答也不记录。", "Paused: nothing is answered or recorded."),
    "scope_over": ("已到期：不回答也不记录。", "Over: nothing is answered or recorded."),
    "scope_halted": (
        "管理员让它停了下来：不回答也不记录，没有删除任何东西。",
        "Halted by the admins: nothing is answered or recorded, and nothing was erased.",
    ),
    "scope_forbidden": (
        "管理员不允许它的群：不回答也不记录；记下的还在，可以退出。",
        "The admins forbid its chats: nothing is answered or recorded; what was recorded is there, until you leave.",
    ),
    "scope_left": (
        "管理员说你离职了，已冻结：不回答也不记录，冻结 30 天后删除，现在就可以退出。",
        "The admins said that you left the company: frozen, nothing is answered or recorded; erased 30 days after, or now if you leave.",
    ),
    "scope_state": ("范围 {scope}：{state}", "Scope {scope}: {state}"),
    "scope_to_outline": ("只给日期和链接", "Only date and link"),
    "scope_to_withheld": ("什么都不答", "Answer nothing"),
    "scope_to_review": ("先给我看", "Show me first"),
    "scope_drop": ("去掉{reader}", "Without {reader}"),
    "scope_leave": ("退出 {scope}", "Leave {scope}"),
    "scope_narrow": ("收窄 {scope}", "Narrow {scope}"),
    "scope_unknown": (
        "没有叫这个名字、可以加入的范围，或者它刚刚变了：请再发一次 /join 名字。",
        "There is no scope of that name that can be joined, or it has just changed: send /join NAME again.",
    ),
    "scope_not_joined": ("你没有加入这个范围。", "You have not joined that scope."),
    "scope_no_less": (
        "没有变窄。可以写：/narrow 名字 level outline，/narrow 名字 until 2026-12-31，/narrow 名字 mode review，/narrow 名字 without 编号。",
        "That is no narrower. Say /narrow NAME level outline, /narrow NAME until 2026-12-31, /narrow NAME mode review or "
        "/narrow NAME without ID.",
    ),
    "scope_pause_instead": (
        "没有改动。要它什么都不答：/pause 先停一停，/optout 退出并删除。",
        "Nothing was changed. To have it answer nothing, say /pause, or /optout to leave and erase.",
    ),
    "scope_narrow_note": (
        "也可以写：/narrow {scope} until 2026-12-31。收窄后要再放宽，就重新 /join {scope}。",
        "Or say /narrow {scope} until 2026-12-31. To widen it again, /join {scope} anew.",
    ),
    "scope_declined": ("好的，没有加入。没有人知道。", "Fine, nothing was joined, and nobody knows."),
    "scope_line": (
        "范围 {scope}：{readers} · {level} · 到 {until}",
        "Scope {scope}: {readers} · {level} · until {until}",
    ),
    "scope_changed_title": ("管理员改了“{scope}”", "The admins changed “{scope}”"),
    "scope_narrowed": (
        "收窄的部分已经生效，你不用做什么。",
        "What became narrower is in force already; you need do nothing.",
    ),
    "scope_widened": (
        "放宽的部分还没有人看得到：要你看过新的卡片并同意。不同意，就照旧。",
        "What became wider reaches nobody yet: it waits for your yes to a new card. Without it, all stays as it was.",
    ),
    "scope_gone": (
        "这个范围已被撤销：不再按它回答，也不再按它记录。",
        "The scope is gone: nothing is answered or recorded by it any more.",
    ),
    "scope_again": ("看新的卡片", "See the new card"),
    "stopped_scope": (
        "“{scope}”已停止：不再按它回答，也不再按它记录。没有别的同意包含的内容正在删除，完成后这里会变成删除收据。",
        "“{scope}” has stopped: nothing is answered or recorded by it any more. What no other consent of yours holds is "
        "being erased; when that is done, this becomes the receipt.",
    ),
}
