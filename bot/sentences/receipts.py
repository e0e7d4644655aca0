"""What a signed receipt says in words, and what is said of it."""

SENTENCES: dict[str, tuple[str, str]] = {
    "receipt_title": ("收据 {record}", "Receipt {record}"),
    "receipt_text": (
        "这是你同意记录的签名副本。存成 receipt.json，用 fenshen verify receipt receipt.json 离线核对：",
        "This is the signed copy of your consent record. Save it as receipt.json and check it offline with "
        "fenshen verify receipt receipt.json:",
    ),
    "receipt_others": (
        "你的其他记录：{records}（/receipt 加编号）",
        "Your other records: {records} (/receipt and its id)",
    ),
    "receipt_none": ("没有你的这条记录。", "There is no such record of yours."),
    "receipt_purpose": (
        "AI 分身：有人问起时，用你自己说过的话回答，注明出处；不用于考核、排名或替岗。",
        "AI double: answer questions with your own words and their source; never to judge, rank or replace anybody.",
    ),
    "receipt_pii": (
        "你在 {chat} 自 {since} 起发的消息；由此得到的检索词和向量；你的用户标识和显示名。",
        "Your own messages in {chat} since {since}; the search terms and vectors made of them; your user id and "
        "display name.",
    ),
    "receipt_pii_type": ("消息正文、标识", "message content, identifiers"),
    "receipt_collection": (
        "聊天平台的机器人事件与历史接口、你自己发来的文件，或你让机器人记住的话。",
        "Bot events and history of the chat platform, files that you sent yourself, or what you told the bot to keep.",
    ),
    "receipt_processing": (
        "记录、加密、检索、在许可的地方引用原话。",
        "Recorded, sealed, searched, and quoted where permitted.",
    ),
    "receipt_retention": (
        "到退出为止；到期即停，30 天后删除；退出立即停止并删除。",
        "Until you leave; stopped on expiry and erased 30 days later; stopped and erased at once when you leave.",
    ),
    "receipt_withdrawal": (
        "对机器人说“退出”或 /optout，或点卡片上的退出按钮；不问理由。",
        "Say “leave” or /optout to the bot, or tap leave on its card; no reason is asked.",
    ),
    "receipt_handover_purpose": (
        "离职后的交接：从你离职起到 {until}，只对所列的人，在单聊里用你的原话回答，注明出处；不用于考核、排名或替岗。",
        "A handover: from when you leave until {until}, answer those listed, each alone, with your own words and their "
        "source; never to judge, rank or replace anybody.",
    ),
    "receipt_handover_retention": (
        "到 {until} 为止，到期删除；没有交接的，离职 30 天后删除；收回就立即停止。",
        "Until {until}, then erased; what is not handed over 30 days after you leave; stopped at once when you end it.",
    ),
    "receipt_handover_withdrawal": (
        "对机器人发 /handover off，或点卡片上的按钮；离职后写信给 {contact}，由管理员停止并删除；不问理由。",
        "Send /handover off to the bot, or tap it on its card; after you have left, write to {contact}, and an admin ends "
        "and erases it; no reason is asked.",
    ),
    "receipt_rights": (
        "查阅、复制、更正、限制、删除、随时撤回；也可向监管机关投诉。",
        "Access, copy, correction, restriction, erasure and withdrawal at any time; complaint to the authority.",
    ),
    "receipt_spoken_purpose": (
        "让模型来写：用你的原话写出回答，逐句核对出处。",
        "A model words answers with your words, each sentence checked against its source.",
    ),
    "receipt_spoken_pii": (
        "回答一个问题时找到的你的原话，和那个问题；你留着不分享的不发。",
        "Your own words that a question finds, and the question; nothing that you keep to yourself.",
    ),
    "receipt_spoken_processing": (
        "发给所列的模型，收回句子，核对，只留站得住的。",
        "Sent to the models named, and of the sentences that come back only those kept that stand in your words.",
    ),
    "receipt_spoken_retention": (
        "我们不存模型写的句子；模型那边存多久，看它的条款。到你说“只用原话”为止。",
        "The sentences are not kept here; how long the provider keeps what it is sent, its terms say. Until you say “quotes only”.",
    ),
    "receipt_spoken_withdrawal": (
        "对机器人说“只用原话”或 /quote，或点卡片上的按钮；不问理由。",
        "Say “quotes only” or /quote to the bot, or tap it on its card; no reason is asked.",
    ),
    "receipt_readers": ("{chat} 现在和以后的成员", "members of {chat}, now and later"),
    "receipt_alone": ("只有你自己", "you alone"),
    "receipt_model": ("嵌入模型 {model}", "embedding model {model}"),
    "verified": (
        "有效：{record}，{state}，{at}。账本 {seq} 号，{head}。",
        "valid: {record}, {state}, {at}. Ledger entry {seq}, {head}.",
    ),
    "verify_forged": (
        "无效：签名不是这把公钥的，或内容被改过。",
        "not valid: not signed by this key, or changed since.",
    ),
    "verify_incomplete": ("无效：缺少必填项 {fields}。", "not valid: mandatory fields are missing: {fields}."),
    "verify_unreadable": ("读不懂：不是收据文件。", "unreadable: this is no receipt."),
    "verify_no_key": (
        "没有公钥：用 --key 给出，或把它存成收据旁边的 fenshen.pub。",
        "no public key: give it with --key, or keep it beside the receipt as fenshen.pub.",
    ),
    "ledger_whole": (
        "账本完整：每一条都和写下时一样，直到第 {number} 号签名头，{at}，以及之后的每一条。",
        "whole: every entry is what was written, up to signed head {number} of {at} and since.",
    ),
    "ledger_whole_unsigned": (
        "账本完整；还没有签名头。",
        "whole: every entry is what was written; no head has been signed yet.",
    ),
    "ledger_entry": (
        "{owner} 的第 {number} 条不是当初写下的：被改、被删、被插入或被截断。",
        "entry {number} of {owner} is not what was written: changed, removed, inserted or cut off.",
    ),
    "ledger_false_head": (
        "第 {number} 号签名头不对：被改、被删，或不是这把钥匙签的，或它所含的账本少了。",
        "signed head {number} does not hold: changed, removed, not signed by this key, or a ledger under it is gone.",
    ),
    "ledger_lost_head": (
        "你保存的第 {number} 号签名头不在这里，或不是这把钥匙签的：数据比它旧，或被改写过。",
        "the head {number} that you kept is not here, or not signed by this key: the data is older, or rewritten.",
    ),
    "ledger_head_unreadable": ("读不懂：不是签名头文件。", "unreadable: this is no signed head."),
}
