"""What is said of a file of messages."""

SENTENCES: dict[str, tuple[str, str]] = {
    "imported_title": ("已导入", "Imported"),
    "imported_text": (
        "收下你的 {kept} 条消息；别人的或别处的 {others} 条已丢弃；{known} 条已有；{out} 条不在开通范围内或不能留存（如忘记过、撤回过）；{bad} 行读不懂或没有时间。",
        "{kept} messages of yours kept; {others} of other people or chats dropped; {known} known already; {out} outside what you switched on or not to be kept, as what was forgotten or recalled; {bad} lines unreadable or without a time.",
    ),
    "imported_pages": ("{pages} 个页面按导出时的样子回来了。", "{pages} pages came back as they were exported."),
    "imported_withheld": (
        "你先前不分享的 {withheld} 项仍不分享（发“不分享”查看）。",
        "What you had kept to yourself stays so: {withheld} of them (“withhold” lists them).",
    ),
    "import_not_whole": (
        "这个导出不完整、被改过、不是你的，或不是这里签的：什么都没收下。只要话的话，可以单独发里面的 messages.jsonl。",
        "This export is not whole, was changed, is not yours, or was not signed here: nothing was kept. For the words alone, send the messages.jsonl in it.",
    ),
    "imported_try": ("问问自己试试：", "Ask yourself:"),
    "import_no_consent": ("先在群里对我说“加入”，再发文件。", "First say “join” to me in a group, then send the file."),
    "import_unreadable": (
        "读不了这个文件。可以是 messages.jsonl、聊天导出（JSON、表格，或“2026-03-01 09:00 名字：内容”的文本）、Slack 导出、邮件（eml、mbox）、Markdown 笔记，或它们的 ZIP。用 age 封好的文件请先自己解开。",
        "I cannot read this file. It may be a messages.jsonl, a chat export (JSON, a table, or text like “2026-03-01 09:00 name: words”), an export of Slack, mail (eml, mbox), Markdown notes, or a ZIP of these. Open a file sealed with age yourself first.",
    ),
    "import_where": (
        "文件里有你的 {found} 条话，但没写明是在这里哪个群说的。选一个群：放进那里的分身，按你在那里开通的范围回答。现在还什么都没收下。",
        "The file holds {found} messages of yours but not in which chat here they were said. Choose a chat: they join your double there, within what you switched on there. Nothing is kept yet.",
    ),
    "import_where_skill": (
        "这是别人写的关于你的技能（Colleague Skill），不是你自己说的话。只看了里面讲工作的 {found} 节；性格、标签和搜集来的材料都没有看。写得对、你也愿意当作自己的话，就选一个群；现在还什么都没收下。",
        "This is a skill that somebody wrote about you (Colleague Skill), not what you said. Only its {found} sections on work were looked at; nothing on character, no tags and nothing collected. If they are right and you want them to be your own words, choose a chat. Nothing is kept yet.",
    ),
    "import_skill_typed": (
        "这是别人写的关于本人的技能（Colleague Skill）：只能由本人在私聊里发给机器人，看过后收下。",
        "This is a skill that somebody wrote about a person (Colleague Skill): only they can take it up, by sending it to the bot themselves.",
    ),
    "import_where_typed": (
        "文件没写明是在哪个群说的：请加上 --chat 群的ID。",
        "The file does not say in which chat this was said: add --chat and the chat's id.",
    ),
    "import_begun": ("正在读取……", "Reading…"),
    "import_too_large": (
        "文件太大了，请分成每份不超过 {limit} MB。",
        "The file is too large: please split it into parts of at most {limit} MB.",
    ),
    "import_failed": ("没能取到文件，请再发一次。", "The file could not be fetched: please send it again."),
    "import_code": (
        "导入验证码：{code}（15 分钟内有效）。不是你本人要求的就不用理会。",
        "Import code: {code} (valid for 15 minutes). If you did not ask for it, ignore it.",
    ),
}
