"""What the bot says of itself."""

SENTENCES: dict[str, tuple[str, str]] = {
    "help_title": ("分身", "Fenshen"),
    "help_text": (
        "同事自愿开通的 AI 分身：只引用本人分享的原话，注明出处。\n\n"
        "@我 Ana 怎么回滚支付 —— 问 Ana 的分身\n加入 /optin —— 在群里开通你的分身\n"
        "退出 /optout —— 停用并删除\n暂停 /pause、恢复 /resume —— 先停一停，不删除\n记住 /remember、忘记 /forget —— 记下或删去你自己的话\n更正 /correct —— 回复你的分身的回答，改正它\n我的分身 /scopes —— 看看开通了什么\n帮助 /help —— 这段话",
        "Doubles that colleagues chose to switch on: only their own words, with the source.\n\n"
        "@me ask Ana how we roll back payments: asks Ana's double\njoin /optin: switch yours on, in a group\n"
        "leave /optout: stop and erase\npause, resume: stop for a while, nothing is erased\nremember, forget: keep or drop your own words\ncorrect: as a reply to an answer of your double, puts it right\nmy double /scopes: what is switched on\nhelp /help: this text",
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
