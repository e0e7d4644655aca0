// How a message and a card look. Every text goes in as text, never as markup.

import { sent } from "./wire.js";

export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function initials(name) {
  return /[\u4e00-\u9fff]/.test(name) ? [...name].slice(-2).join("") : [...name].slice(0, 2).join("");
}

export function avatar(id, name) {
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 8, 7);
  return el("span", { class: `avatar ${id === "bot" ? "is-bot" : `hue${hue}`}`, "aria-hidden": "true" }, id === "bot" ? "分" : initials(name));
}

const dated = new Map();
function format(language, options) {
  const key = language + JSON.stringify(options);
  if (!dated.has(key)) dated.set(key, new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", options));
  return dated.get(key);
}
export const day = (at, language) => format(language, { month: "short", day: "numeric", weekday: "short" }).format(new Date(at));
export const clock = (at, language) => format(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));

// An address that a button may open: the page's own host or an ordinary web page, never a script.
function safe(url) {
  try {
    return ["http:", "https:"].includes(new URL(url, location.href).protocol) ? url : null;
  } catch {
    return null;
  }
}

// Lark folds a long quote behind its beginning; DingTalk's cards cannot.
function words(text, at) {
  if (at.chat?.platform !== "lark" || (text.length <= 160 && text.split("\n").length <= 6)) return el("p", {}, text);
  return el("details", {}, el("summary", {}, `${text.slice(0, 100).replace(/\s+/g, " ")}…`), el("p", {}, text));
}

function quoted(quote, at) {
  const known = at.find(quote.message);
  const who = quote.who || (known ? at.name(known.sender, known.sender_name) : "");
  const where = quote.where || (known ? at.chat.name : "");
  const when = quote.at ? `${day(quote.at, at.language)} ${clock(quote.at, at.language)}` : "";
  const source = [who, where, when].filter(Boolean).join(" · ");
  const jump = known || at.mine(quote.chat)
    ? el("button", { type: "button", class: "jump", onclick: () => at.jump(quote.message, quote.chat) }, source)
    : source;
  return el("blockquote", {}, quote.text ? words(quote.text, at) : "", el("footer", {}, jump));
}

function share(part, at) {
  return el("section", { class: "part" }, el("h4", {}, part.title),
    part.text ? el("p", { class: "said" }, part.text) : "",
    ...(part.quotes || []).map((quote) => quoted(quote, at)),
    part.label ? el("p", { class: "marks" }, el("span", { class: "label" }, part.label)) : "");
}

function button(action) {
  const style = action.style && action.style !== "default" ? ` ${action.style}` : "";
  const url = action.url && safe(action.url);
  if (url) return el("a", { class: `action${style}`, href: url, target: "_blank", rel: "noopener noreferrer" }, action.label);
  return el("button", { type: "submit", class: `action${style}`, value: action.action, title: action.command || null }, action.label);
}

function field(wanted, message) {
  const id = `${message.id}-${wanted.name}`;
  return el("p", { class: "field" }, el("label", { for: id }, wanted.label || wanted.name),
    el("input", { id, name: wanted.name, value: wanted.value || "", autocomplete: "off" }));
}

export function card(message, at) {
  const shown = message.card;
  const tap = (event) => {
    event.preventDefault();
    const action = event.submitter?.value;
    if (action) at.tap(message.id, action, Object.fromEntries(new FormData(event.target)), event.submitter);
  };
  const known = !shown.answer || shown.label?.includes(shown.answer);
  const marks = shown.label || shown.answer
    ? el("p", { class: "marks" }, shown.label ? el("span", { class: "label" }, shown.label) : "", known ? "" : el("code", {}, shown.answer))
    : "";
  return el("form", { class: "card", onsubmit: tap, "aria-label": shown.title || at.words.bot },
    shown.title ? el("h3", {}, shown.title) : "",
    el("div", { class: "body" },
      shown.text ? el("p", { class: "said" }, shown.text) : "",
      ...(shown.quotes || []).map((quote) => quoted(quote, at)),
      ...(shown.parts || []).map((part) => share(part, at)),
      shown.note ? el("p", { class: "note" }, shown.note) : "",
      ...(shown.fields || []).map((wanted) => field(wanted, message)),
      marks),
    shown.actions?.length ? el("div", { class: "actions" }, ...shown.actions.map(button)) : "");
}

// What finds the names that a text calls with an @, the longest first.
export function calls(names) {
  const escaped = [...names].sort((a, b) => b.length - a.length).map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`(@(?:${escaped.join("|")}))`, "u");
}

function said(text, at) {
  const parts = text.includes("@") ? text.split(at.calls) : [text];
  return el("p", { class: "said" }, ...parts.map((part, i) => (i % 2 ? el("span", { class: "call" }, part) : part)));
}

// A file of the bot's can be opened; what people sent is named.
function handed(one, at) {
  const name = one.sender === "bot" ? el("a", { href: sent(at.me, one.id), download: one.file }, one.file) : one.file;
  return el("p", { class: "file" }, name);
}

function content(one, at) {
  if (one.recalled) return [el("p", { class: "said recalled" }, at.words.recalled)];
  if (one.card) return [card(one, at)];
  return [one.text ? said(one.text, at) : "", one.file ? handed(one, at) : ""].filter(Boolean);
}

export function message(one, at) {
  const own = one.sender === at.me;
  const origin = one.reply_to && at.find(one.reply_to);
  const name = at.name(one.sender, one.sender_name);
  const reply = one.reply_to ? el("button", { type: "button", class: "origin", onclick: () => at.jump(one.reply_to) },
    origin ? `${at.words.replyTo(at.name(origin.sender, origin.sender_name))}${(origin.card?.title || origin.text || "").slice(0, 60)}` : "↩") : "";
  return el("article", { class: `message${own ? " own" : ""}`, "data-id": one.id, tabindex: "-1" },
    avatar(one.sender, name),
    el("div", { class: "bubble" },
      el("p", { class: "by" }, el("b", {}, name), " ", el("time", { datetime: one.at }, clock(one.at, at.language)),
        one.edited ? el("span", { class: "edited" }, ` · ${at.words.edited}`) : "",
        el("button", { type: "button", class: "answer", title: at.words.reply, "aria-label": `${at.words.reply} ${name}`, onclick: () => at.reply(one) }, "↩")),
      reply,
      ...content(one, at)));
}
