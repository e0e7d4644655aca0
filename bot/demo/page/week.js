// The guided week: nobody knows, the owner answers once and keeps it, the next colleague need not ask her;
// asked alone, she looks before anything is sent.

import { Told, offers, pause } from "./told.js";
import * as wire from "./wire.js";

export function weekSteps(guide, walk) {
  const week = new Week(guide, walk);
  const kinds = ["join", "first", "put", "replies", "keep", "otherwise", "correct", "anew", "scope", "alone", "sends", "mine", "pause"];
  return kinds.map((kind) => ({ kind, run: () => week[kind](), walk }));
}

class Week extends Told {
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
}
