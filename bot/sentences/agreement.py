"""What is said of the works agreement."""

SENTENCES: dict[str, tuple[str, str]] = {
    "rules_title": ("规则", "Rules"),
    "rules_none": (
        "这里没有登记集体协议。每个人自己的同意照样说了算：没有本人开通，就没有分身。",
        "No works agreement is on file here. Everybody's own consent decides all the same: nobody has a double unasked.",
    ),
    "rules_handover": (
        "离职交接只有本人签名才有：离职前休眠，只给写明的人，到写明的那天删除；上面的规则也管它。",
        "A handover is signed by its owner alone: it sleeps until they leave, is for the people named in it, and is erased "
        "after the day that it names. These rules hold for it, too.",
    ),
    "rules_retention_days": ("话最多保存 {most} 天。", "Words are kept for {most} days at most."),
    "rules_answers_to_one": (
        "一个分身一天最多回答同一个人 {most} 次。",
        "A double answers the same person {most} times a day at most.",
    ),
    "rules_answers_a_day": (
        "一个分身一天最多回答 {most} 次。",
        "A double answers {most} times a day at most.",
    ),
    "rules_days": ("一次同意最多管 {most} 天。", "A consent lasts {most} days at most."),
    "rules_outline": ("只给日期和链接，不给原话。", "Only date and link are given, nobody's words."),
    "rules_withheld": ("分身什么都不答。", "Doubles answer nothing at all."),
    "rules_review": (
        "每次回答都要本人看过再发。",
        "Each answer goes out only after the colleague whose words it gives has looked at it.",
    ),
    "rules_chats": ("有 {chats} 个群不得学习。", "Nothing may be learned in {chats} chats."),
    "rules_note": (
        "集体协议第 {version} 版，管理员不能改动，也不能放宽。SHA-256：{sha256}",
        "Works agreement, version {version}: admins can neither change nor exceed it. SHA-256: {sha256}",
    ),
}
