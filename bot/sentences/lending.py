"""What is said when owners let the bot read as them, where it cannot read by itself."""

SENTENCES: dict[str, tuple[str, str]] = {
    "lend_button": ("以我的身份读取", "Read it as me"),
    "lend_title": ("以你的身份读取", "Reading as you"),
    "lend_login": (
        "打开平台的页面，用你自己的账号同意。页面上的代码应是 {code}，{minutes} 分钟内有效。",
        "Open the platform's page and say yes there as yourself. It should show the code {code}, and is good for {minutes} minutes.",
    ),
    "lend_open": ("打开页面", "Open the page"),
    "lend_terms": (
        "只为这一次：凭证不写在任何地方，读完就丢；别人的话读过即弃，只留你自己的话，范围还是你开通的范围。",
        "For this once: your pass is written nowhere and gone when the reading ends; other people's words are dropped as they pass, and yours are kept within what you switched on.",
    ),
    "lend_terms_dws": (
        "只为这一次：钉钉客户端的凭证本来不止能读，机器人只用它列出消息；凭证放在服务器上一个只属于这次读取的目录里，读完就退出登录并删掉。别人的话读过即弃，只留你自己的话，范围还是你开通的范围。",
        "For this once: the pass of DingTalk's client could do more than read, and the bot only lists messages with it. It lies on the server in a directory of this reading's own, and is logged out and removed when that ends. Other people's words are dropped as they pass, and yours are kept within what you switched on.",
    ),
    "lend_reading": (
        "正在读第 {nth} 个群（共 {of} 个）：读了 {read} 条……",
        "Reading chat {nth} of {of}: {read} messages so far…",
    ),
    "lend_left_out": (
        "没有收下：别人的 {others} 条，对机器人说的 {to_bot} 条，没有文字的 {empty} 条，已有 {known} 条，不在开通范围内或不能留存（如忘记过、撤回过）的 {out} 条。",
        "Not kept: {others} of other people, {to_bot} that you said to a bot, {empty} without words, {known} known already, {out} outside what you switched on or not to be kept, as what was forgotten or recalled.",
    ),
    "lend_gaps": (
        "有 {moments} 秒里的消息太多，平台列不全：那几秒里的话可能有一部分没读到。",
        "In {moments} seconds there were more messages than the platform lists: a part of those may not have been read.",
    ),
    "lend_done": (
        "读完了：读了 {read} 条，其中新记下你自己的 {kept} 条。凭证已丢弃。",
        "Done: {read} messages read, {kept} new ones of your own kept. Your pass is gone.",
    ),
    "lend_closed": ("其中 {chats} 个群你的账号也读不了。", "{chats} of the chats cannot be read as you either."),
    "lend_refused_text": (
        "什么都没有读：没有人同意、代码过期了，或者同意的不是你。想再试，说“以我的身份读取”。",
        "Nothing was read: nobody said yes, the code ran out, or it was not you who said yes. To try again, say “read as me”.",
    ),
    "lend_failed": (
        "中途断了，已读到的都留着。再说一次“以我的身份读取”就接着读。",
        "It broke off; what was read is kept. Say “read as me” once more and it goes on.",
    ),
    "lend_not_allowed": (
        "公司还没有允许以本人身份读取。管理员要给应用加上 im:message.group_msg:get_as_user 权限。",
        "The company does not allow reading as a person yet: an admin would give the app the permission im:message.group_msg:get_as_user.",
    ),
    "lend_not_allowed_dws": (
        "公司还没有允许用钉钉命令行客户端读自己的消息，什么都没有读。管理员可以在开发者后台打开“允许成员通过 CLI 访问其个人数据”；也可以把聊天记录的文件发给我。",
        "The company does not allow DingTalk's command-line client yet, and nothing was read. An admin can switch on that members reach their own data by CLI in the developer console; or send me a file of the chat.",
    ),
    "lend_not_here": (
        "这个平台不能以你的身份读取。可以把聊天记录的文件发给我。",
        "On this platform nothing can be read as you. You can send me a file of the chat instead.",
    ),
    "lend_nothing": (
        "没有可读的：先在群里对我说“加入”，或者加入一个包含那个群的范围。",
        "There is nothing to read: first say “join” to me in a chat, or join a scope that the chat belongs to.",
    ),
    "lend_waits": (
        "已经有一个在等你同意或者正在读，先看那张卡片。",
        "One waits for your yes or is under way already: look at that card first.",
    ),
}
