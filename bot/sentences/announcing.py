"""What a chat is told once, when doubles are learned from it, and those who object there."""

SENTENCES: dict[str, tuple[str, str]] = {
    "announce_title": ("本群已开启分身", "Doubles are on in this chat"),
    "announce_text": (
        "本群已开启分身，只学自愿加入者自己说的话；没加入的人说什么都不会被记下。",
        "Doubles are on in this chat. They learn only what those who joined say themselves; of anybody else nothing is kept.",
    ),
    "learn_button": ("了解/加入", "Learn more / join"),
    "object_button": ("我反对", "I object"),
    "told_privately": ("已私聊你。", "I have written to you privately."),
    "objected_title": ("已记下你的反对", "Your objection stands"),
    "objected_text": (
        "在“{chat}”：提到你或点名你的内容不再记下，以前记下的正在删除。管理员只知道有人反对，不知道是谁。别人自己的其他话不受影响。想撤回，在那个群里 @我 说“撤回反对”。",
        "In “{chat}”: what mentions or names you is no longer kept, and what was kept before is being erased. Admins learn that there was an objection, not whose. Other words of other people are their own. To take it back, mention me with “withdraw objection” in that group.",
    ),
    "unobject_button": ("撤回反对", "Withdraw the objection"),
    "unobjected_text": ("在“{chat}”的反对已撤回。", "Your objection in “{chat}” is withdrawn."),
    "object_in_group": (
        "在那个群里我的说明下面点“我反对”，别人看不到；没有按钮，就在那个群里 @我 说“我反对”。撤回也在那个群里说。",
        "Tap “I object” under what I told that group, which nobody sees; where there is no button, mention me there with "
        "“object”. To take it back, say so there, too.",
    ),
}
