// The guided week: nobody knows, the owner answers once and keeps it, the next colleague need not ask her;
// asked alone, she looks before anything is sent.

import * as wire from "./wire.js";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
export const offers = (action) => (one) => one.card?.actions?.some((a) => a.action === action);

export function weekSteps(guide, walk) {
  const week = new Week(guide, walk);
  const kinds = ["join", "first", "put", "replies", "keep", "otherwise", "correct", "anew", "scope", "alone", "sends", "mine", "pause"];
  return kinds.map((kind) => ({ kind, run: () => week[kind](), walk }));
}

export class Week {
  constructor(guide, walk) {
    this.guide = guide;
    this.walk = walk;
  }

  get page() {
    return this.guide.page;
  }

  typed(line) {
    return this.walk[line][this.page.language];
  }

  join() {
    return this.guide.join(this.walk);
  }

  first() {
    return this.ask(this.walk.asker, "question");
  }

  otherwise() {
    return this.ask(this.walk.next, "again");
  }

  anew() {
    return this.ask(this.walk.next, "again");
  }

  async ask(asker, line) {
    return this.guide.ask({ asker, chat: this.walk.chat, question: { [this.page.language]: this.typed(line) } });
  }

  // The asker's one tap: the question stands in the chat, for her by name.
  async put() {
    const { asker, chat } = this.walk;
    await this.page.open(asker, chat);
    const nothing = await this.last(asker, chat, offers("ask_person"));
    return this.tap(asker, chat, nothing, "ask_person");
  }

  async replies() {
    const { owner, chat } = this.walk;
    const put = await this.last(owner, chat, () => true);
    return this.say(owner, chat, "reply", put.id);
  }

  async keep() {
    const { owner } = this.walk;
    const direct = this.page.direct(owner);
    await this.page.open(owner, direct);
    const offer = await this.last(owner, direct, offers("keep"));
    this.page.show(offer.id);
    await pause(900); // to see the card before it is tapped
    return this.tap(owner, direct, offer, "keep");
  }

  async correct() {
    const { owner, chat } = this.walk;
    const answer = await this.last(owner, chat, (one) => one.card?.answer);
    const direct = this.page.direct(owner);
    const before = await this.guide.mark(owner, direct);
    await this.page.open(owner, chat);
    await wire.say(owner, chat, this.typed("correction"), answer.id);
    await pause(900); // her own word stands in the group
    const done = await this.guide.await(owner, direct, before);
    await this.page.open(owner, direct);
    return done?.id;
  }

  // An admin writes a scope in which she looks first; only she joins it.
  async scope() {
    const { owner, scope, join } = this.walk;
    const direct = this.page.direct(owner);
    await wire.scope(scope);
    await this.page.open(owner, direct);
    const before = await this.guide.mark(owner, direct);
    await wire.say(owner, direct, join);
    const offer = await this.guide.await(owner, direct, before, offers("join_here"));
    if (!offer) return null;
    this.page.show(offer.id);
    await pause(900); // to see what it says before it is tapped
    return this.tap(owner, direct, offer, "join_here");
  }

  // Asked alone with the bot: what comes tells nothing of a draft.
  async alone() {
    const { asker } = this.walk;
    return this.guide.ask({ asker, chat: this.page.direct(asker), question: { [this.page.language]: this.typed("alone") } });
  }

  async sends() {
    const { owner, asker } = this.walk;
    const direct = this.page.direct(owner);
    await this.page.open(owner, direct);
    const draft = await this.last(owner, direct, offers("draft_send"));
    this.page.show(draft.id);
    await pause(900); // to see the draft before it is sent
    await this.tap(owner, direct, draft, "draft_send");
    const his = this.page.direct(asker);
    await this.page.open(asker, his);
    return (await this.last(asker, his, (one) => one.card?.answer)).id;
  }

  async mine() {
    const direct = this.page.direct(this.walk.owner);
    await this.page.open(this.walk.owner, direct);
    const before = await this.guide.mark(this.walk.owner, direct);
    await wire.say(this.walk.owner, direct, this.page.words.sayMine);
    return (await this.guide.await(this.walk.owner, direct, before, offers("pause")))?.id;
  }

  async pause() {
    const direct = this.page.direct(this.walk.owner);
    await this.page.open(this.walk.owner, direct);
    return this.tap(this.walk.owner, direct, await this.last(this.walk.owner, direct, offers("pause")), "pause");
  }

  async last(as, chat, fits) {
    const { messages } = await wire.messages(as, chat, 0);
    const found = messages.filter((one) => one.sender === "bot" && fits(one)).pop();
    if (!found) throw new Error(this.page.words.stuck);
    return found;
  }

  async say(as, chat, line, replyTo) {
    await this.page.open(as, chat);
    const before = await this.guide.mark(as, chat);
    await wire.say(as, chat, this.typed(line), replyTo);
    return (await this.guide.await(as, chat, before))?.id;
  }

  // What the bot says to a tap, anew or in place of the card.
  async tap(as, chat, card, action) {
    const before = await this.guide.mark(as, chat);
    const { toast } = await wire.click(as, card.id, action, {});
    if (toast) this.page.toast(toast);
    return (await this.guide.await(as, chat, before))?.id;
  }
}
