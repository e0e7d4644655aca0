"""What is said of handovers: what goes on after somebody has left, for people whom they name."""

SENTENCES: dict[str, tuple[str, str]] = {
    "handover_button": ("离职交接", "When I leave"),
    "handover_title": ("离职后的交接", "A handover, for when you leave"),
    "handover_how": (
        "不签交接，你离职时分身立即冻结，30 天后全部删除。你也可以把一部分交给你写明的人：写“交接 @小王 @小李 2027-03-31”，在群里说只指那个群，"
        "在私聊里指分身在回答的所有群（在群里可加“全部”）。签名之前会先给你看。没有人看得到你签没签。",
        "Without a handover, your double freezes when you leave the company, and all of it is erased after 30 days. You may "
        "hand a part over to people whom you name: say “handover @Ben @Cleo 2027-03-31”, in a group for that chat, here for "
        "all chats where your double answers (in a group with “all”). You see it before you sign. Nobody sees whether you did.",
    ),
    "handover_unclear": (
        "要写明是谁、到哪天：只能是同事本人，不能是群或部门；名字要认得出，或者在群里 @ 他们；日期要在以后，例如 2027-03-31。",
        "It has to say to whom and until when: colleagues by name, no chats and no departments, whom I can tell apart, or "
        "mention them with @ in a group; and a day to come, as in 2027-03-31.",
    ),
    "handover_nothing": (
        "没有可以这样交接的：要有分身正在直接回答的群，要写明别的同事，日期要在以后；管理员或集体协议也可能不允许。",
        "There is nothing that can be handed over like this: it takes a chat in which your double answers at once, a colleague "
        "other than you, and a day to come; admins or a works agreement may forbid it, too.",
    ),
    "handover_scopes": (
        "按名字加入的范围（{scopes}）不能交接：谁能问、能问到什么，是管理员写的；管理员改了它，或者你离职，它就停，30 天后删除。"
        "能交接的是分身在群里直接回答的：在那个群里说“加入”，之后再交接。",
        "Scopes that you joined by name ({scopes}) cannot be handed over: who may ask there, and for what, is as their admin "
        "wrote it, and when you leave they stop and are erased after 30 days. What can be handed over is what your double "
        "answers in a chat itself: say “join” in that chat, and hand it over then.",
    ),
    "handover_without_scopes": (
        "不在其中：按名字加入的范围（{scopes}），离职时停止，30 天后删除",
        "Not part of it: what you joined by name ({scopes}), which stops when you leave and is erased after 30 days",
    ),
    "handover_people_field": ("交给谁（名字）", "To whom (names)"),
    "handover_until_field": ("到哪天（2027-03-31）", "Until when (2027-03-31)"),
    "handover_draw": ("先给我看", "Show it to me"),
    "handover_people": ("交给：{people}", "To: {people}"),
    "handover_chats": ("来源：{chats}", "From: {chats}"),
    "handover_until": ("到 {day} 为止（含当天）", "Until the end of {day}"),
    "handover_text": (
        "你离职后，分身只对上面的人继续，各自在和机器人的单聊里，只用你在上面的群里的原话，不超过它那天在那里能答的；在那之前谁也得不到什么。"
        "到期删除；其余的离职即冻结，30 天后删除。不签，就全部如此。离职前随时收回：/handover off；"
        "离职后写信给收据上的联系人，管理员立即停止。不签没有后果，没有人看得到。",
        "When you leave the company, your double goes on for these people alone, each alone with the bot, in your own words "
        "from these chats, with no more than it answers there on that day. It gives nobody anything before. On its last day "
        "it is erased; whatever else there is freezes when you leave and is erased after 30 days. Without your signature that "
        "is everything. Take it back at any time until you leave: /handover off. After that, write to the contact on your "
        "receipt, and an admin ends it at once. Not signing has no consequence, and nobody sees it.",
    ),
    "handover_toast": ("已签名。", "Signed."),
    "handover_sign": ("签名", "Sign"),
    "handover_no": ("不签", "Do not sign"),
    "handover_declined": (
        "好的，没有签。离职时全部冻结，30 天后删除。没有人知道。",
        "Fine, nothing was signed: when you leave, everything freezes and is erased after 30 days. Nobody knows.",
    ),
    "handover_forbidden": (
        "不能这样签了：管理员的规则、你的分身或日期变了。请再发一次。",
        "It cannot be signed like this any more: an admin's rules, your double or the day have changed. Please send it again.",
    ),
    "handover_signed_title": ("已签名：离职后的交接", "Signed: a handover, for when you leave"),
    "handover_signed": (
        "休眠中：离职之前谁也得不到什么。要改，就重新签一份。",
        "It sleeps: nobody gets anything before you leave. To change it, sign another one.",
    ),
    "handover_handed": ("已经开始。", "It has begun."),
    "handover_over": ("不再生效。", "It is over."),
    "handover_without": ("去掉{person}", "Without {person}"),
    "handover_off": ("收回交接", "End the handover"),
    "handover_ended": (
        "交接已收回。离职时全部冻结，30 天后删除。",
        "The handover is ended. When you leave, everything freezes and is erased after 30 days.",
    ),
    "handover_none": ("你没有签过交接。", "You have signed no handover."),
    "handover_line": ("离职后交给 {people}，到 {day}", "When you leave: to {people}, until {day}"),
    "handover_told": (
        "已签的交接：离职后交给 {people}，到 {day}。{state}",
        "A handover that you signed: when you leave, to {people}, until {day}. {state}",
    ),
    "handed_name": ("{name}（交接至 {day}）", "{name}, handed over until {day}"),
    "handed_note": ("{name} 离职前把这些原话交接给你。", "{name} handed these words over to you before leaving."),
}
