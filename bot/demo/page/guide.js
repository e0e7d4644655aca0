// The guided chapters: each step really happens through the API, then the page shows where to look.

import { el } from "./draw.js";
import { learnedSteps } from "./learned.js";
import { modelSteps } from "./model.js";
import { weekSteps } from "./week.js";
import * as wire from "./wire.js";

const PATIENCE = 30_000;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Guide {
  // `page` offers: words, language, person(id), direct(as), open(as, chat), fresh(), show(id), toast(text)
  constructor(page, { steps, weeks, learned, model }) {
    this.page = page;
    this.busy = false;
    const minute = { name: "guide", platform: null, hint: "start", steps: steps.flatMap((walk) => this.stepsOf(walk)) };
    const told = weeks.map((week) => ({ name: "week", platform: week.platform, hint: "startWeek", steps: weekSteps(this, week) }));
    const pages = learned.map((one) => ({ name: "learned", platform: one.platform, hint: "startLearned", steps: learnedSteps(this, one) }));
    const worded = (model ? steps : []).map((walk) => ({ name: "model", platform: walk.platform, hint: "startModel", steps: modelSteps(this, walk) }));
    this.chapters = [minute, ...told, ...pages, ...worded].filter((one) => one.steps.length).map((one) => ({ ...one, done: 0 }));
    this.chapter = this.chapters[0];
    document.getElementById("guide-close").addEventListener("click", () => this.fold());
  }

  stepsOf(walk) {
    const steps = [["join", () => this.join(walk)], ["give", () => this.give(walk)], ["ask", () => this.ask(walk)],
      ["leave", () => this.leave(walk)], ["again", () => this.ask(walk)]];
    const short = walk.file ? ["join", "give", "ask"] : ["join", "ask", "leave", "again"];
    return steps.filter(([kind]) => short.includes(kind)).map(([kind, run]) => ({ kind, run, walk }));
  }

  label({ kind, walk }) {
    const [owner, asker] = [this.page.person(walk.owner).name, this.page.person(walk.asker).name];
    const said = this.page.words[kind];
    const next = walk.next && this.page.person(walk.next).name;
    const special = { ask: () => said(asker, owner), again: () => said(asker), first: () => said(asker, owner), put: () => said(asker, owner), alone: () => said(asker, owner),
      opens: () => said(asker, owner), fact: () => said(asker), factAnew: () => said(asker), kept: () => said(asker), hidden: () => said(asker),
      otherwise: () => said(next, owner), anew: () => said(next) };
    return special[kind]?.() ?? said(owner);
  }

  draw() {
    const { words } = this.page;
    const folded = localStorage.getItem("guide") === "folded";
    const panel = document.getElementById("guide");
    panel.hidden = !this.chapter;
    if (!this.chapter) return;
    panel.classList.toggle("folded", folded);
    document.getElementById("guide-title").replaceChildren(...this.chapters.map((one) => this.tab(one)));
    const close = document.getElementById("guide-close");
    close.textContent = folded ? "?" : "×";
    close.setAttribute("aria-label", folded ? words.open : words.close);
    close.setAttribute("aria-expanded", String(!folded));
    document.getElementById("hint").textContent = words[this.chapter.hint];
    document.getElementById("steps").replaceChildren(...this.chapter.steps.map((step, index) => this.pill(step, index)));
  }

  tab(one) {
    const { words } = this.page;
    const label = one.platform ? `${words[one.name]} · ${words[one.platform]}` : words[one.name];
    const turn = () => {
      this.chapter = one;
      this.draw();
    };
    return el("button", { type: "button", class: "chapter", disabled: this.busy, "aria-pressed": String(one === this.chapter), onclick: turn }, label);
  }

  pill(step, index) {
    const { done } = this.chapter;
    const state = index < done ? "done" : index === done ? "next" : "later";
    const mark = state === "done" ? "✓" : String(index + 1);
    return el("li", { class: `${state} ${step.walk.platform}` },
      el("button", { type: "button", disabled: this.busy, "aria-current": state === "next" ? "step" : null, onclick: () => this.go(index) },
        el("span", { class: "mark" }, mark), this.label(step)));
  }

  fold() {
    localStorage.setItem("guide", localStorage.getItem("guide") === "folded" ? "open" : "folded");
    this.draw();
  }

  async go(index) {
    const { chapter } = this;
    this.busy = true;
    chapter.hint = "doing";
    this.draw();
    try {
      const { kind, run } = chapter.steps[index];
      const seen = await run();
      chapter.done = index + 1;
      chapter.hint = seen ? `did${kind[0].toUpperCase()}${kind.slice(1)}` : "stuck";
      if (seen) this.page.show(seen);
    } catch (error) {
      chapter.hint = "stuck";
      this.page.toast(error.message);
    } finally {
      this.busy = false;
      this.draw();
    }
  }

  async mark(as, chat) {
    return (await wire.messages(as, chat, 0)).messages.reduce((most, one) => Math.max(most, one.n), 0);
  }

  // The bot's newest message after `n` that `fits`, once nothing is under way any more; null when patience ends.
  async await(as, chat, n, fits = () => true) {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await pause(250)) {
      const { quiet, messages } = await wire.messages(as, chat, n);
      const found = messages.filter((one) => one.sender === "bot" && fits(one)).pop();
      if (found && quiet) return found;
    }
    return null;
  }

  async join({ owner, chat }) {
    const direct = this.page.direct(owner);
    const before = await this.mark(owner, direct);
    await this.page.open(owner, chat);
    await wire.say(owner, chat, this.page.words.sayJoin);
    const offers = (one) => one.card?.actions?.some((a) => a.action.startsWith("join_here"));
    await pause(700); // long enough to see one's own word appear in the group
    const offer = await this.await(owner, direct, before, offers);
    await this.page.open(owner, direct);
    if (!offer) return null;
    this.page.show(offer.id);
    await pause(900); // and to see the card before it is tapped
    const action = (offer.card.actions.find((a) => a.action === "join_here") || offer.card.actions.find((a) => offers({ card: { actions: [a] } }))).action;
    const { toast } = await wire.click(owner, offer.id, action, {});
    if (toast) this.page.toast(toast);
    await this.await(owner, direct, offer.n);
    const said = (await wire.messages(owner, direct, offer.n)).messages.filter((one) => one.sender === "bot");
    // the receipt takes the place of the offer where it can; pages may have come of what was found
    return (said.find((one) => one.id === offer.id) ?? said[0] ?? offer).id;
  }

  async give({ owner, file }) {
    const direct = this.page.direct(owner);
    await this.page.open(owner, direct);
    const before = await this.mark(owner, direct);
    await wire.file(owner, direct, file.name, file.base64);
    return (await this.await(owner, direct, before))?.id;
  }

  async ask({ asker, chat, question }) {
    await this.page.open(asker, chat);
    return (await this.told(asker, chat, question[this.page.language]))?.id;
  }

  // Says it, and gives what the bot answers.
  async told(as, chat, words, fits) {
    const before = await this.mark(as, chat);
    await wire.say(as, chat, words);
    return this.await(as, chat, before, fits);
  }

  async leave({ owner, chat }) {
    const direct = this.page.direct(owner);
    const before = await this.mark(owner, direct);
    await this.page.open(owner, chat);
    await wire.say(owner, chat, this.page.words.sayLeave);
    await pause(700);
    const receipt = await this.await(owner, direct, before);
    await this.page.open(owner, direct);
    return receipt?.id;
  }
}
