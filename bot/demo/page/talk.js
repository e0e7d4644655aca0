// One chat as one person sees it: the messages known so far, and the part of them that is drawn.

import { day, el, message } from "./draw.js";

const WINDOW = 120;

export class Talk {
  constructor(log) {
    this.log = log;
    this.known = new Map();
    this.last = 0;
    this.shown = WINDOW;
  }

  // Takes what is new or changed; true when something was.
  take(messages) {
    for (const one of messages) {
      this.known.set(one.id, one);
      this.last = Math.max(this.last, one.n);
    }
    return messages.length > 0;
  }

  find(id) {
    return this.known.get(id);
  }

  draw(at, force = false) {
    const bottom = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const all = [...this.known.values()];
    const from = Math.max(0, all.length - this.shown);
    const rows = [];
    if (from) rows.push(el("button", { type: "button", class: "earlier", onclick: () => this.earlier(at) }, at.words.earlier(from)));
    if (!all.length) rows.push(el("p", { class: "empty" }, at.words.empty));
    let date = "";
    for (const one of all.slice(from)) {
      const its = day(one.at, at.language);
      if (its !== date) rows.push(el("h3", { class: "day" }, its));
      date = its;
      rows.push(this.row(one, at));
    }
    const kept = this.log.scrollTop;
    const focus = document.activeElement?.closest?.("#log .card input") || null;
    if (focus && !force) return;
    this.log.replaceChildren(...rows);
    this.log.scrollTop = bottom || force ? this.log.scrollHeight : kept;
  }

  // A message that did not change keeps its element, so nothing flickers and no half-typed field is lost.
  row(one, at) {
    this.rows ||= new Map();
    const key = `${one.n} ${at.language} ${at.me} ${one.reply_to && this.known.has(one.reply_to)}`;
    const drawn = this.rows.get(one.id);
    if (drawn?.key === key) return drawn.element;
    const element = message(one, at);
    this.rows.set(one.id, { key, element });
    return element;
  }

  earlier(at) {
    const height = this.log.scrollHeight;
    this.shown += WINDOW * 2;
    this.draw(at);
    this.log.scrollTop = this.log.scrollHeight - height;
  }

  // Shows a message and marks it for a moment; draws earlier ones first where it is one of them.
  jump(id, at) {
    const place = [...this.known.keys()].indexOf(id);
    if (place < 0) return;
    if (this.known.size - place > this.shown) {
      this.shown = this.known.size - place + 10;
      this.draw(at);
    }
    const row = this.log.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!row) return;
    row.scrollIntoView({ block: row.offsetHeight > this.log.clientHeight ? "start" : "center" });
    row.classList.remove("flash");
    void row.offsetWidth; // restarts the animation
    row.classList.add("flash");
  }
}

// Shows a message where it stands: in this chat, or in another one of theirs.
export async function follow(page, id, place) {
  const elsewhere = place && place !== page.chat.id && page.chats.some((one) => one.id === place);
  if (elsewhere) await page.act(() => page.open(page.me, place));
  page.talk.jump(id, page.at);
}
