"""What is said when owners put their double right."""

SENTENCES: dict[str, tuple[str, str]] = {
    "corrected_title": ("已更正", "Corrected"),
    "corrected_text": (
        "改好了。“{chat}”的分身以后按这次说的回答，原来那条已删除；已经发出的回答还留在群里。",
        "Put right. Your double in “{chat}” answers with these words from now on; the old ones are erased. Answers already given still stand there.",
    ),
    "correct_what": (
        "要更正哪一条？回复你的分身的回答，或你自己记住的那条消息，写“更正：发版窗口改到周五”。",
        "Correct what? Reply to an answer of your double, or to your own words that it keeps, with “correct: we ship on Fridays”.",
    ),
}
