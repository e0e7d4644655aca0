"""What is said of the credit that an owner's double earns."""

SENTENCES: dict[str, tuple[str, str]] = {
    "credit_title": ("贡献", "Credit"),
    "credit_text": (
        "一共 {credit}，这个月 {month}。每回答同事一次记一次，撤回就扣掉。",
        "{credit} in all, {month} this month: one for each answer to a colleague, taken back with it.",
    ),
    "credit_none": (
        "还没有。分身每回答同事一次记一次。",
        "None yet: one is counted for each answer to a colleague.",
    ),
    "credit_note": (
        "只有你看得到，没有排名；给不给别人看，由你决定。",
        "Only you see it, and nobody is ranked; whether anybody else does is up to you.",
    ),
    "credit_button": ("下载表格（CSV）", "As a table (CSV)"),
    "credit_elsewhere": (
        "这个平台不让我发文件：表格在“导出”里，是 answers.jsonl 的 credit 一栏。",
        "I cannot send files on this platform: the table is in your export, as `credit` in answers.jsonl.",
    ),
    "credit_sent": (
        "表格 {file} 已发给你：{entries} 行，没有提问的人。",
        "Sent to you: {file}, {entries} lines, without who asked.",
    ),
}
