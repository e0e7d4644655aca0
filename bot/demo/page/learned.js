// The guided chapter of learning: what she said comes to a page, with its evidence; she names it, corrects, keeps a
// topic to herself, goes a version back, and takes everything along.

import { Told, offers, pause } from "./told.js";
import * as wire from "./wire.js";

const SLOW = 1.6; // seconds for each page of the history, so that there is some progress to see

export function learnedSteps(guide, walk) {
  const learned = new Learned(guide, walk);
  const [first, last] = walk.file ? [["join", "hands"], "written"] : [["reads"], "export"];
  const kinds = [...first, "shows", "names", "opens", "fact", "correct", "factAnew", "kept", "withhold", "hidden", "drops", "back", last];
  return kinds.map((kind) => ({ kind, run: () => learned[kind](), walk }));
}

class Learned extends Told {
  get direct() {
    return this.page.direct(this.walk.owner);
  }

  join() {
    return this.guide.join(this.walk);
  }

  // As on a busy day.
  async reads() {
    await wire.slow(SLOW);
    try {
      return await this.join();
    } finally {
      await wire.slow(0);
    }
  }

  hands() {
    return this.guide.give(this.walk);
  }

  // The card that came by itself; one tap shows the first page.
  async shows() {
    const card = await this.hers(offers("page"));
    return this.tap(this.walk.owner, this.direct, card, "page");
  }

  // A title of hers, by a line that works on both platforms; then it is in use.
  async names() {
    const { owner } = this.walk;
    const page = await this.hers(offers("page_history"));
    const [, id] = page.card.actions.find((a) => a.action === "page_history").command.split(" ");
    await this.type(`/page ${id} title ${this.typed("title")}`);
    await pause(900); // to see the page under its new title
    return this.tap(owner, this.direct, await this.hers(offers("page_do")), "page_do");
  }

  opens() {
    return this.ask(this.walk.asker, "opens");
  }

  fact() {
    return this.ask(this.walk.asker, "fact");
  }

  factAnew() {
    return this.ask(this.walk.asker, "fact");
  }

  kept() {
    return this.ask(this.walk.asker, "kept");
  }

  hidden() {
    return this.ask(this.walk.asker, "kept");
  }

  withhold() {
    return this.type(this.typed("withhold"));
  }

  async drops() {
    const { owner } = this.walk;
    await this.tap(owner, this.direct, await this.hers(offers("page_edit")), "page_edit");
    const edit = await this.hers(offers("page_retitle"));
    this.page.show(edit.id);
    await pause(900); // to see what can be changed
    return this.tap(owner, this.direct, edit, "page_do");
  }

  async back() {
    const { owner } = this.walk;
    await this.tap(owner, this.direct, await this.hers(offers("page_history")), "page_history");
    const versions = await this.hers((one) => offers("page_do")(one) && !offers("page_history")(one));
    this.page.show(versions.id);
    await pause(900); // to see what each version changed
    return this.tap(owner, this.direct, versions, "page_do");
  }

  async export() {
    await this.type(this.page.words.sayExport);
    await pause(900); // to see what it says
    return this.tap(this.walk.owner, this.direct, await this.hers(offers("export_file")), "export_file");
  }

  // Where a bot cannot send files, by the operator, to whom she reads out the code.
  async written() {
    const how = await this.type(this.page.words.sayExport);
    await pause(900); // to see what it says
    const before = await this.guide.mark(this.walk.owner, this.direct);
    const { base64 } = await wire.exported(this.walk.owner);
    this.page.toast(this.page.words.size(Math.ceil((base64.length * 3) / 4096)));
    return (await this.guide.await(this.walk.owner, this.direct, before))?.id ?? how;
  }

  async hers(fits) {
    await this.page.open(this.walk.owner, this.direct);
    return this.last(this.walk.owner, this.direct, fits);
  }

  async type(line) {
    const { owner } = this.walk;
    await this.page.open(owner, this.direct);
    const before = await this.guide.mark(owner, this.direct);
    await wire.say(owner, this.direct, line);
    return (await this.guide.await(owner, this.direct, before))?.id;
  }
}
