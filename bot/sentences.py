"""Every sentence the bot says, in Chinese and English; nothing the bot shows is written anywhere else."""

import re
from typing import Literal

Language = Literal["zh", "en"]

_HAN = re.compile(r"[\u3400-\u9fff]")

SENTENCES: dict[str, tuple[str, str]] = {
    # answers
    "answer_title": ("{name} 的分身", "{name}'s double"),
    "answer_text": ("{name} 的原话：", "In {name}'s own words:"),
    "answer_outline": (
        "{name} 在这些时候说到过，请到群里查看：",
        "{name} spoke of it here; please read it in the chat:",
    ),
    "answer_label": ("AI 分身 · {name} · #{answer}", "AI double · {name} · #{answer}"),
    "answer_note": ("只引用 {name} 自愿分享到这里的原话。", "Only words that {name} chose to share here."),
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
    "withdrawn_title": ("分身", "Double"),
    "withdrawn_text": ("这条回答已撤下。", "This answer has been withdrawn."),
    "trouble": ("刚才没能答上来，请再问一次。", "That did not work just now: please ask again."),
    "stale_question": ("这个问题太久了，请重新问一次。", "That question is too old: please ask it again."),
    # asking the person
    "ask_button": ("问 {name} 本人", "Ask {name}"),
    "ask_title": ("有人想请教", "A question for you"),
    "ask_text": ("{asker} 想请教 {name}：{question}", "{asker} asks {name}: {question}"),
    "somebody": ("群里的同事", "A colleague"),
    "asked_toast": ("已在群里转达。", "Asked in the chat."),
    "asked_already": ("已经转达过了。", "Already asked."),
    "ask_note": (
        "回答：回复这条消息（钉钉上请同时 @我），或发“@我 /answer {put} 你的回答”。",
        "To answer: reply to this message (on DingTalk mention me too), or send “@me /answer {put} your answer”.",
    ),
    "replied_title": ("{name} 回答了", "{name} answered"),
    "replied_text": ("{name} 回答了：", "{name} answered:"),
    "replied_note": ("这是 {name} 本人的回答，不是 AI。", "These are {name}'s own words, not AI."),
    "answer_gone": (
        "没有这个等你回答的问题。",
        "There is no such question that waits for you.",
    ),
    "which_put": (
        "有几个问题在等你。请写上编号：@我 /answer 编号 你的回答（{codes}）",
        "Several questions wait for you. Please name one: @me /answer CODE your answer ({codes})",
    ),
    "keep_title": ("留给下次？", "Keep this for next time?"),
    "keep_text": (
        "下次有人在那里问起，你的分身就用这段话回答。标题可以改。",
        "The next time somebody asks there, your double answers with it. The title is yours to change.",
    ),
    "keep_proposed": ("标题：{title}", "Title: {title}"),
    "keep_field": ("标题", "Title"),
    "keep_button": ("留给下次", "Keep this for next time"),
    "keep_gone": (
        "读不到那条消息了，请用“记住：……”写给我。",
        "That message can no longer be read: write it to me as “remember: …”.",
    ),
    "kept_toast": ("记住了。", "Kept."),
    # remembering
    "remembered_title": ("记住", "Remember"),
    "remembered_text": (
        "记住了，放在“{chat}”的分身里，按你在那里开通的范围回答。",
        "Kept for “{chat}”, within what you switched on there.",
    ),
    "drop_button": ("忘记这条", "Forget this"),
    "remember_where": ("记在哪个群的分身里？", "For which chat shall I keep it?"),
    "remember_what": (
        "要记住什么？回复你自己的消息说“记住”，或写“记住：发版窗口是周四下午”。",
        "Remember what? Reply “remember” to a message of yours, or write “remember: we ship on Thursdays”.",
    ),
    "remember_own": ("只能记住你自己的话。", "I can only remember your own words."),
    "remember_no_consent": (
        "你没有为那里开通分身（或那时还没开通）。在群里 @我 说“加入”即可。",
        "You have no double switched on there (or had none at that time). Mention me with “join” in the group.",
    ),
    "forgotten": ("已忘记，并已删除。", "Forgotten, and erased."),
    "forget_nothing": (
        "没有找到你的这条内容。回复你自己的消息说“忘记”，或写“忘记：”加原话。",
        "I found no such words of yours. Reply “forget” to a message of yours, or write “forget:” and the same words.",
    ),
    "not_yours": ("这是给别人的按钮。", "This button is for somebody else."),
    # joining
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
    "joined_today": ("从现在起记录你自己的话。", "From now on your own words are recorded."),
    "joined_file_ids": (
        "文件里 chat 写 {chat}，sender 写 {person}。",
        "In the file, chat is {chat} and sender is {person}.",
    ),
    "joined_send_file": (
        "请把 messages.jsonl 发到这里，我只取其中你自己的话。",
        "Send your messages.jsonl here: only your own lines are taken.",
    ),
    "found_text": ("找到你的 {found} 条消息。问问自己试试：", "Found {found} messages of yours. Ask yourself:"),
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
    # leaving
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
    # my double
    "scopes_title": ("我的分身", "My double"),
    "scopes_none": (
        "还没有开通。在群里 @我 说“加入”即可，只有你自己能决定。",
        "Nothing is switched on. Mention me with “join” in a group; only you can decide.",
    ),
    "scopes_line_chat": (
        "{chat}：本群可问 · 到 {until} · {messages} 条消息",
        "{chat}: whoever is there can ask · until {until} · {messages} messages",
    ),
    "scopes_line_me": (
        "{chat}：只有我自己 · 到 {until} · {messages} 条消息",
        "{chat}: only me · until {until} · {messages} messages",
    ),
    "scopes_note": ("直接在这里提问，就是问你自己的分身。", "A question here asks your own double."),
    "scopes_answered": ("最近 7 天替你回答了 {times} 次。", "Answered {times} times for you in the last 7 days."),
    "scopes_paused": ("{chat}：已暂停，不回答也不记录", "{chat}: paused, nothing is answered or recorded"),
    "pause_button": ("暂停", "Pause"),
    "resume_button": ("恢复", "Resume"),
    "leave_chat_button": ("退出 {chat}", "Leave {chat}"),
    "leave_all_button": ("全部退出并删除", "Leave and erase all"),
    # files
    "imported_title": ("已导入", "Imported"),
    "imported_text": (
        "收下你的 {kept} 条消息；别人的或别处的 {others} 条已丢弃；{known} 条已有或不在开通范围内；{bad} 行读不懂。",
        "{kept} messages of yours kept; {others} of other people or chats dropped; {known} known already or outside what you switched on; {bad} lines unreadable.",
    ),
    "imported_try": ("问问自己试试：", "Ask yourself:"),
    "import_no_consent": ("先在群里对我说“加入”，再发文件。", "First say “join” to me in a group, then send the file."),
    "import_unreadable": (
        "读不了这个文件：需要 UTF-8 的 messages.jsonl，每行一条 JSON。",
        "I cannot read this file: it has to be a UTF-8 messages.jsonl, one JSON object a line.",
    ),
    "import_too_large": (
        "文件太大了，请分成每份不超过 {limit} MB。",
        "The file is too large: please split it into parts of at most {limit} MB.",
    ),
    "import_failed": ("没能取到文件，请再发一次。", "The file could not be fetched: please send it again."),
    "import_code": (
        "导入验证码：{code}（15 分钟内有效）。不是你本人要求的就不用理会。",
        "Import code: {code} (valid for 15 minutes). If you did not ask for it, ignore it.",
    ),
    # help
    "help_title": ("分身", "Fenshen"),
    "help_text": (
        "同事自愿开通的 AI 分身：只引用本人分享的原话，注明出处。\n\n"
        "@我 Ana 怎么回滚支付 —— 问 Ana 的分身\n加入 /optin —— 在群里开通你的分身\n"
        "退出 /optout —— 停用并删除\n暂停 /pause、恢复 /resume —— 先停一停，不删除\n记住 /remember、忘记 /forget —— 记下或删去你自己的话\n我的分身 /scopes —— 看看开通了什么\n帮助 /help —— 这段话",
        "Doubles that colleagues chose to switch on: only their own words, with the source.\n\n"
        "@me ask Ana how we roll back payments: asks Ana's double\njoin /optin: switch yours on, in a group\n"
        "leave /optout: stop and erase\npause, resume: stop for a while, nothing is erased\nremember, forget: keep or drop your own words\nmy double /scopes: what is switched on\nhelp /help: this text",
    ),
    "unknown_command": (
        "没有这个命令。可用：/optin /optout /scopes /help",
        "No such command. There are: /optin /optout /scopes /help",
    ),
    "empty_question": (
        "想问谁、问什么？例如：@我 Ana 怎么回滚支付",
        "Whom and what? For example: @me ask Ana how we roll back payments",
    ),
}


def say(language: Language, sentence: str, **fields: object) -> str:
    """The sentence in that language with its fields filled in. Raises KeyError for a sentence that does not exist."""
    return SENTENCES[sentence][0 if language == "zh" else 1].format(**fields)


def language_of(*texts: str, default: Language = "zh") -> Language:
    """The language of the first text that shows one: Chinese characters or at least a word of letters.

    A slash command shows none, being the same in both.
    """
    for text in texts:
        if _HAN.search(text):
            return "zh"
        if re.search(r"[A-Za-z]{2,}", text) and not text.lstrip().startswith("/"):
            return "en"
    return default
