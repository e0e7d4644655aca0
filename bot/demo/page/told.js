// What every guided chapter does with the page: type, tap, and find what the bot said.

import * as wire from "./wire.js";

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
export const offers = (action) => (one) => one.card?.actions?.some((a) => a.action === action);

export class Told {
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

  async ask(asker, line) {
    return this.guide.ask({ asker, chat: this.walk.chat, question: { [this.page.language]: this.typed(line) } });
  }

  // Her word as a reply to the latest answer; what came of it is told to her alone.
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
