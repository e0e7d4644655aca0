// The page: who I am, which chat I read, what I say; the rest is drawn by the other files.

import { calls, el } from "./draw.js";
import { Guide } from "./guide.js";
import { drawChats, drawHead, drawPeople, label } from "./side.js";
import { Talk, follow } from "./talk.js";
import * as wire from "./wire.js";
import { preferred, words } from "./words.js";

const $ = (id) => document.getElementById(id);
const grow = () => ($("text").rows = Math.min(6, $("text").value.split("\n").length));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Page {
  language = preferred();
  people = [];
  chats = [];
  directs = new Map(); // person → id of their direct chat with the bot
  me = null;
  chat = null;
  talk = null;
  replying = null;
  unread = new Set();
  seen = new Map(); // direct chat → newest n read
  hot = 0; // until then, look more often

  get words() {
    return words(this.language);
  }

  person(id) {
    return this.people.find((one) => one.id === id) || { id, name: id.split(":").pop(), platform: id.split(":")[0] };
  }

  direct(person) {
    return this.directs.get(person);
  }

  // What the drawing of one chat needs to know.
  get at() {
    const { words: said, language, me, chat, talk } = this;
    const called = [...(chat?.members || []).map((one) => this.person(one).name), "分身", "bot"];
    return {
      words: said, language, me, chat, calls: calls(called),
      name: (id, known) => known || (id === "bot" ? said.botName : this.person(id).name),
      find: (id) => talk.find(id), mine: (place) => this.chats.some((one) => one.id === place),
      jump: (id, place) => follow(this, id, place),
      reply: (one) => this.reply(one),
      tap: (message, action, form, button) => this.tap(message, action, form, button),
    };
  }

  async start() {
    this.listen();
    this.people = await wire.people();
    const guide = await wire.guide().catch(() => ({ steps: [], weeks: [], learned: [], model: false }));
    const walks = [...guide.steps, ...guide.weeks, ...guide.learned];
    for (const one of new Set(walks.map((walk) => walk.owner))) await this.listed(one);
    this.guide = new Guide(this, guide);
    const kept = new URLSearchParams(location.hash.slice(1));
    const first = walks[0]?.asker || this.people[0]?.id;
    const me = this.people.some((one) => one.id === kept.get("as")) ? kept.get("as") : first;
    await this.open(me, kept.get("chat") || walks[0]?.chat);
    this.localise();
    this.poll();
  }

  async listed(person) {
    const chats = await wire.chats(person);
    const direct = chats.find((one) => one.kind === "direct");
    if (direct) this.directs.set(person, direct.id);
    return chats;
  }

  // Become a person and read one of their chats; the first of theirs where `chat` is none of them.
  async open(person, chat) {
    if (person !== this.me) {
      this.chats = await this.listed(person);
      this.me = person;
      this.unread.clear();
    }
    const wanted = this.chats.find((one) => one.id === chat) || this.chats.find((one) => one.kind === "group") || this.chats[0];
    this.chat = wanted;
    this.unread.delete(wanted.id);
    this.talk = new Talk($("log"));
    this.answer(null);
    history.replaceState(null, "", `#as=${encodeURIComponent(this.me)}&chat=${encodeURIComponent(wanted.id)}`);
    this.draw();
    this.menu(false);
    await this.look(true);
  }

  // Fetches what is new in this chat; the answer of a chat left meanwhile is dropped.
  async look(force = false) {
    const { talk, me, chat } = this;
    const { messages } = await wire.messages(me, chat.id, talk.last);
    if (talk !== this.talk) return;
    const fresh = talk.take(messages);
    if (chat.kind === "direct") this.seen.set(chat.id, talk.last);
    if (fresh || force) talk.draw(this.at, force);
  }

  // A card in the direct chat is easily missed while reading a group: mark it there.
  async peek() {
    const direct = this.direct(this.me);
    if (!direct || direct === this.chat.id) return;
    const known = this.seen.get(direct);
    const { messages } = await wire.messages(this.me, direct, known || 0);
    const newest = messages.reduce((most, one) => Math.max(most, one.n), known || 0);
    this.seen.set(direct, newest);
    if (known !== undefined && newest > known) {
      this.unread.add(direct);
      drawChats(this);
    }
  }

  async poll() {
    for (let failed = 0; ; ) {
      if (document.hidden) await new Promise((shown) => document.addEventListener("visibilitychange", shown, { once: true }));
      try {
        await this.look();
        await this.peek();
        failed = 0;
      } catch {
        if (++failed === 2) this.toast(this.words.gone);
      }
      const rest = failed ? 3000 : Date.now() < this.hot ? 250 : 1000;
      await Promise.race([pause(rest), new Promise((soon) => (this.wake = soon))]);
    }
  }

  hurry() {
    this.hot = Date.now() + 6000;
    this.wake?.();
  }

  show(message) {
    this.look().then(() => this.talk.jump(message, this.at)).catch(() => {});
  }

  async act(doing) {
    try {
      return await doing();
    } catch (error) {
      this.toast(error.message);
      return null;
    } finally {
      this.hurry();
    }
  }

  async say() {
    const text = $("text").value.trim();
    if (!text) return;
    const replyTo = this.replying;
    $("text").value = "";
    grow();
    this.answer(null);
    const sent = await this.act(() => wire.say(this.me, this.chat.id, text, replyTo));
    if (!sent) $("text").value = text;
  }

  async tap(message, action, form, button) {
    button.disabled = true;
    const made = await this.act(() => wire.click(this.me, message, action, form));
    if (made?.toast) this.toast(made.toast);
    button.disabled = false;
  }

  async upload(file) {
    const sent = await this.act(async () => wire.file(this.me, this.chat.id, file.name, await wire.base64(file)));
    if (sent) this.toast(`${file.name}: ${this.words.sent}`);
  }

  toast(text) {
    const one = el("p", {}, text);
    $("toasts").append(one);
    setTimeout(() => one.remove(), 2500);
  }

  reply(one) {
    this.answer(one);
    $("text").focus();
  }

  answer(one) {
    this.replying = one?.id || null;
    $("replying").hidden = !one;
    if (one) $("replying").firstElementChild.textContent = this.words.replyTo(this.at.name(one.sender, one.sender_name)) + (one.card?.title || one.text).slice(0, 60);
  }

  menu(open) {
    document.body.classList.toggle("menu", open);
    $("menu").setAttribute("aria-expanded", String(open));
  }

  listen() {
    $("menu").addEventListener("click", () => this.menu(!document.body.classList.contains("menu")));
    $("language").addEventListener("click", () => this.turn());
    $("filter").addEventListener("input", () => drawPeople(this));
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
    $("text").addEventListener("input", grow);
    $("text").addEventListener("keydown", (event) => {
      // While an input method composes Chinese, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.say();
    });
    $("replying").lastElementChild.addEventListener("click", () => this.answer(null));
    $("file").addEventListener("change", () => {
      const [file] = $("file").files;
      $("file").value = "";
      if (file) this.upload(file);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.menu(false);
    });
  }

  turn() {
    this.language = this.language === "zh" ? "en" : "zh";
    localStorage.setItem("language", this.language);
    this.localise();
  }

  localise() {
    label(this);
    this.draw();
    this.talk?.draw(this.at, true);
    this.guide?.draw();
  }

  draw() {
    drawPeople(this);
    drawChats(this);
    if (this.chat) drawHead(this);
  }

  call(chip) {
    const text = $("text");
    text.value = chip.startsWith("@") ? (text.value.startsWith(chip) ? text.value : `${chip} ${text.value}`) : chip;
    text.focus();
  }
}

const page = new Page();
page.start().catch((error) => page.toast(error.message));
