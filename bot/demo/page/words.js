// Every sentence of the page, in both languages.

const WORDS = {
  zh: {
    fidelity: "平台由本机模拟；SDK、长连接、数据库是真的。",
    limits: "未模拟的：已读、表情回应、推送、配额计费。卡片的样子接近平台，不完全相同。",
    other: "English", otherLabel: "Switch to English",
    who: "我是", where: "会话", menu: "切换身份与会话", filter: "找人", more: (n) => `还有 ${n} 人，请输入名字`,
    lark: "Lark", dingtalk: "钉钉", members: (n) => `${n} 人`, direct: "与机器人私聊",
    bot: "@分身", botName: "分身", send: "发送", file: "发送文件", writeTo: (chat) => `发送到 ${chat}`, messages: (chat) => `${chat} 的消息`,
    words: ["加入", "退出", "我的分身", "帮助"],
    reply: "回复", replyTo: (name) => `回复 ${name}：`, cancel: "取消", edited: "已编辑", recalled: "消息已撤回", earlier: (n) => `更早的 ${n} 条`,
    empty: "这里还没有消息。", fresh: "新消息", gone: "连不上演示，正在重试……", sent: "已发送",
    guide: "一分钟上手", open: "再看一遍一分钟上手", close: "收起",
    join: (o) => `${o} 加入`, give: (o) => `${o} 发送聊天记录`, ask: (a, o) => `${a} 问 ${o} 的分身`,
    leave: (o) => `${o} 退出`, again: (a) => `${a} 再问一次`,
    sayJoin: "@分身 加入", sayLeave: "@分身 退出", sayMine: "我的分身",
    week: "一周", startWeek: "分身答不上来的，本人只答一次，以后由分身回答。",
    first: (a, o) => `${a} 问 ${o} 的分身`, put: (a, o) => `${a} 点“问 ${o} 本人”`, replies: (o) => `${o} 回复`, keep: (o) => `${o} 留给下次`,
    otherwise: (n, o) => `${n} 换个说法问`, correct: (o) => `${o} 更正`, anew: (n) => `${n} 再问一次`, mine: (o) => `${o} 看“我的分身”`, pause: (o) => `${o} 暂停`,
    didFirst: "没有人说过：只有同一句话，下面有一个按钮可以问本人。", didPut: "问题贴在群里，点了本人的名，大家看到的一样。",
    didReplies: "本人的回复转给了提问的人，注明不是 AI。", didKeep: "只有本人点了才会留下；提问的人说的话不保存。",
    didOtherwise: "换个说法也答上了，没有打扰本人。", didCorrect: "回复分身的回答写“更正：”，原来那条已删除。", didAnew: "从现在起按新的说法回答。",
    didMine: "开通了什么、替本人答过几次，只有本人看得到。", didPause: "暂停：不回答，也不再记录，什么都没删。",
    start: "每一步都是一个按钮，真的去做，然后指给你看。",
    doing: "正在进行……", stuck: "等了一会儿还没有结果，请看看会话里的最新消息。",
    didJoin: "只有本人能开：机器人私信了同意卡片，点一下就成了回执。",
    didGive: "钉钉的机器人读不到历史，所以由本人交文件；别人的话不会留下。",
    didAsk: "回答是原话，注明出处、时间和“AI 分身”。", didLeave: "一句话即停，随后逐项删除，并给出回执。",
    didAgain: "什么也不剩：这和“从未加入”的回答一模一样。",
  },
  en: {
    fidelity: "Platforms are simulated here; SDKs, sockets and database are real.",
    limits: "Not simulated: read marks, reactions, push, metered quotas. Cards look like the platform's, not exactly the same.",
    other: "中文", otherLabel: "切换到中文",
    who: "I am", where: "Chats", menu: "Switch person and chat", filter: "Find a person", more: (n) => `${n} more: type a name`,
    lark: "Lark", dingtalk: "DingTalk", members: (n) => `${n} people`, direct: "Direct chat with the bot",
    bot: "@bot", botName: "分身 (bot)", send: "Send", file: "Send a file", writeTo: (chat) => `Write to ${chat}`, messages: (chat) => `Messages in ${chat}`,
    words: ["/optin", "/optout", "/scopes", "/help"],
    reply: "Reply", replyTo: (name) => `Reply to ${name}: `, cancel: "Cancel", edited: "edited", recalled: "Message recalled", earlier: (n) => `${n} earlier`,
    empty: "Nothing here yet.", fresh: "new", gone: "The demo does not answer, trying again…", sent: "sent",
    guide: "A first minute", open: "Show the first minute again", close: "Close",
    join: (o) => `${o} opts in`, give: (o) => `${o} sends a file`, ask: (a, o) => `${a} asks ${o}'s double`,
    leave: (o) => `${o} opts out`, again: (a) => `${a} asks again`,
    sayJoin: "@bot /optin", sayLeave: "@bot /optout", sayMine: "my double",
    week: "A week", startWeek: "What a double lacks, the person answers once; from then on her double does.",
    first: (a, o) => `${a} asks ${o}'s double`, put: (a, o) => `${a} taps “Ask ${o}”`, replies: (o) => `${o} replies`, keep: (o) => `${o} keeps it`,
    otherwise: (n, o) => `${n} asks in other words`, correct: (o) => `${o} corrects`, anew: (n) => `${n} asks again`, mine: (o) => `${o} reads “My double”`, pause: (o) => `${o} pauses`,
    didFirst: "Nobody ever said it: the one sentence, with a button that asks the person.", didPut: "The question stands in the chat and calls on her, the same for everyone.",
    didReplies: "Her reply was brought to the one who asked, marked as hers and not an AI's.", didKeep: "Kept by her own tap alone; the asker's words are not stored.",
    didOtherwise: "Answered in other words, and nobody disturbed her.", didCorrect: "“correct:” as a reply to her double's answer: the old words are erased.", didAnew: "From now on the new words.",
    didMine: "What is switched on and how often it answered for her, for her eyes alone.", didPause: "Paused: nothing answered, nothing recorded, nothing erased.",
    start: "Each step is one button: it really happens, then you see where to look.",
    doing: "Under way…", stuck: "Nothing yet after a while: look at the newest messages.",
    didJoin: "Only the person can: the bot wrote privately, one tap on the card turned it into a receipt.",
    didGive: "A DingTalk bot cannot read what was said before, so the owner hands over a file; others' lines are dropped.",
    didAsk: "The owner's own words, with where and when, under a visible AI label.",
    didLeave: "Stopped with one word, then erased step by step, with a receipt.",
    didAgain: "Nothing is left: exactly what you would read had they never opted in.",
  },
};

export const words = (language) => WORDS[language];

export function preferred() {
  const kept = localStorage.getItem("language");
  if (kept in WORDS) return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
