"""What is said when an owner looks at their double with others' eyes."""

SENTENCES: dict[str, tuple[str, str]] = {
    "preview_title": ("别人会看到什么", "What others would get"),
    "preview_chat": ("在“{chat}”里问", "Asked in “{chat}”"),
    "preview_alone": ("{name} 单独问", "Asked by {name} alone"),
    "preview_department": ("部门“{department}”的人单独问", "Asked by somebody of “{department}” alone"),
    "preview_note": (
        "只有你看得到：没有记录，没发给任何人，也不算贡献。",
        "Only you see this: nothing was recorded, sent to anybody, or counted.",
    ),
    "preview_nobody": (
        "现在没有人能问你的分身。",
        "Nobody can ask your double just now.",
    ),
    "preview_what": (
        "请写上问题，例如“预览：怎么回滚支付”。",
        "Please add a question, as in “preview: how do we roll back payments”.",
    ),
    "preview_id": ("预览", "preview"),
}
