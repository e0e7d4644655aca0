"""What is said of a file of messages."""

SENTENCES: dict[str, tuple[str, str]] = {
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
}
