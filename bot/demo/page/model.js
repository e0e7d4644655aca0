// The guided chapter with a model: an owner agrees to it, asks their own double, looks into the answer, and ends it.

import { Told, offers, pause } from "./told.js";

const MENTION = /^@\S+\s+/;

export function modelSteps(guide, walk) {
  const alone = new Model(guide, walk);
  const kinds = ["join", "give", "speak", "own", "why", "quotes"].filter((kind) => kind !== "give" || walk.file);
  return kinds.map((kind) => ({ kind, run: () => alone[kind](), walk }));
}

class Model extends Told {
  join() {
    return this.guide.join(this.walk);
  }

  get direct() {
    return this.page.direct(this.walk.owner);
  }

  give() {
    return this.guide.give(this.walk);
  }

  // One word, a card that names the model and where it runs, one tap.
  async speak() {
    const { owner } = this.walk;
    const offer = await this.told(this.page.words.saySpeak, offers("speak"));
    if (!offer) return null;
    this.page.show(offer.id);
    await pause(900); // to see what it says before it is tapped
    await this.tap(owner, this.direct, offer, "speak");
    return offer.id;
  }

  // The same question as in the group, put to one's own double, where no mention is needed.
  async own() {
    const question = this.walk.question[this.page.language].replace(MENTION, "");
    return (await this.told(question, (one) => one.card?.answer))?.id;
  }

  async why() {
    const { owner } = this.walk;
    await this.page.open(owner, this.direct);
    return this.tap(owner, this.direct, await this.last(owner, this.direct, offers("why")), "why");
  }

  async quotes() {
    return (await this.told(this.page.words.sayQuotes))?.id;
  }

  async told(words, fits) {
    const { owner } = this.walk;
    await this.page.open(owner, this.direct);
    return this.guide.told(owner, this.direct, words, fits);
  }
}
