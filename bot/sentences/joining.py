"""What is said when a double is switched on."""

SENTENCES: dict[str, tuple[str, str]] = {
    "offer_title": ("在“{chat}”开通你的分身？", "Switch on your double in “{chat}”?"),
    "offer_text": (
        "只用你自己在本群说的话，只在本群回答，注明出处和“AI 分身”。没有名单和排名，不用于考核或替岗。"
        "但有人问到并得到回答，就知道你开了。随时退出，立即删除。",
        "It uses only your own words of this chat, answers only in this chat, with source and the label “AI double”. "
        "No lists, no rankings, never to judge or replace anybody. Once somebody is answered, they know you "
        "switched it on. Leave at any time; everything is erased at once.",
    ),
    "offer_note_files": (
        "钉钉上机器人只能看到 @ 它的消息，也读不到历史：开通后请把自己的消息导出为 messages.jsonl 发给我。你撤回的消息我也无从知道。",
        "On DingTalk a bot sees only messages that mention it and cannot read history: after joining, send me a "
        "messages.jsonl file of your own messages. A message that you recall there is not seen to be recalled.",
    ),
    "join_me": ("只给我自己", "Only me"),
    "join_here": ("本群，含最近 90 天", "Here, with the last 90 days"),
    "join_here_files": ("本群，含最近 90 天（发文件）", "Here, with the last 90 days (by file)"),
    "join_today": ("本群，从今天起", "Here, from today"),
    "decline": ("不了", "No"),
    "notice_button": ("完整告知", "The full notice"),
    "notice_title": ("完整告知", "The full notice"),
    "language_button": ("English", "中文"),
    "this_chat": ("本群", "this chat"),
    "joined_title": ("已开通：{chat}", "Switched on: {chat}"),
    "joined_me": (
        "只有你自己能问，用你在“{chat}”说的话。有效期到 {until}。",
        "Only you can ask, from what you said in “{chat}”. Until {until}.",
    ),
    "joined_chat": (
        "只用你在“{chat}”说的话，只在那里回答。有效期到 {until}。",
        "From what you said in “{chat}”, answered only there. Until {until}.",
    ),
    "joined_reading": ("正在读取你最近 90 天的消息……", "Reading what you said in the last 90 days…"),
    "joined_progress": ("已读 {read} 条，找到你的 {found} 条……", "{read} messages read, {found} of yours found…"),
    "joined_left": ("还要约 {minutes} 分钟。", " About {minutes} min to go."),
    "joined_soon": ("不到一分钟就好。", " Less than a minute to go."),
    "joined_interview": (
        "最快的开始：做个访谈，约五分钟，可以跳过，随时结束。",
        "The quickest way to begin: an interview of five minutes, skip or stop whenever you like.",
    ),
    "joined_today": ("从现在起记录你自己的话。", "From now on your own words are recorded."),
    "joined_file_ids": (
        "文件里 chat 写 {chat}，sender 写 {person}。",
        "In the file, chat is {chat} and sender is {person}.",
    ),
    "joined_send_file": (
        "请把 messages.jsonl 发到这里，我只取其中你自己的话。",
        "Send your messages.jsonl here: only your own lines are taken.",
    ),
    "joined_lend": (
        "也可以不用文件：点“以我的身份读取”，用你自己的钉钉账号读一次。",
        "Or without a file: tap “Read it as me”, and it is read once with your own DingTalk account.",
    ),
    "found_text": ("找到你的 {found} 条消息。问问自己试试：", "Found {found} messages of yours. Ask yourself:"),
    "found_passed": (
        "读了 {passed} 条。没有收下：别人的 {others} 条，你对我说的 {to_bot} 条，没有文字的 {empty} 条，已有 {known} 条，不在开通范围内或不能留存（如忘记过、撤回过）的 {out} 条。",
        "{passed} messages read. Not kept: {others} of other people, {to_bot} that you said to me, {empty} without words, {known} known already, {out} outside what you switched on or not to be kept, as what was forgotten or recalled.",
    ),
    "found_none": (
        "还没有找到你的消息。以后在那里说的话会记下来。",
        "No messages of yours were found yet. What you say there from now on is recorded.",
    ),
    "found_partly": ("只读到一部分历史：{why}", "Only part of the history could be read: {why}"),
    "history_refused": (
        "平台没有给机器人读取历史的权限，请管理员运行 fenshen doctor。",
        "the platform does not let the bot read history; an admin can run fenshen doctor.",
    ),
    "question_shape": ("关于{words}，我说过什么？", "What did I say about {words}?"),
    "receipt_note": ("记录 {receipt} · 告知版本 {notice}", "Record {receipt} · notice version {notice}"),
    "joined_toast": ("已开通。", "Switched on."),
    "declined_title": ("好的，没有开通", "Fine, nothing was switched on"),
    "declined_text": (
        "什么都没有记录，也没有人知道。以后想开通，在群里对我说“加入”。",
        "Nothing is recorded and nobody knows. To join later, say “join” to me in the group.",
    ),
    "offer_gone": (
        "这张卡片已失效，请在群里再说一次“加入”。",
        "This card no longer works: say “join” to me in the group again.",
    ),
    "forbidden_here": ("管理员没有开放这个群的分身。", "The admins do not allow doubles in this chat."),
    "join_in_group": ("请在想开通的群里 @我 说“加入”。", "Mention me with “join” in the group where you want it."),
    "unreachable": (
        "我没法私聊你：请先打开和我的单聊，再来一次。",
        "I cannot write to you privately: open a direct chat with me first, then try again.",
    ),
    "no_identity": (
        "外部联系人没有稳定的身份，不能开通或提问。",
        "External contacts have no stable identity and can neither join nor ask.",
    ),
}
