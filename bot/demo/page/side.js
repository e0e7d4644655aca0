// Around the messages: who one can be, which chats they have, the head of the open one, and every fixed label.

import { avatar, el } from "./draw.js";

const SEVERAL = 24; // people at once; beyond that, one looks for a name
const $ = (id) => document.getElementById(id);

export function drawPeople(page) {
  const sought = $("filter").value.trim().toLowerCase();
  $("filter").hidden = page.people.length <= SEVERAL;
  const found = page.people.filter((one) => one.name.toLowerCase().includes(sought));
  const mine = found.filter((one) => one.id === page.me);
  const some = [...mine, ...found.filter((one) => one.id !== page.me)].slice(0, SEVERAL);
  const shown = page.people.length > SEVERAL ? some : found;
  const groups = ["lark", "dingtalk"].map((platform) => {
    const its = shown.filter((one) => one.platform === platform);
    if (!its.length) return "";
    return el("div", { class: `platform ${platform}`, role: "group", "aria-label": page.words[platform] },
      el("span", { class: "badge" }, page.words[platform]),
      el("div", { class: "faces" }, ...its.map((one) => face(page, one))));
  });
  const left = found.length - shown.length;
  $("people").replaceChildren(...groups, left > 0 ? el("p", { class: "left" }, page.words.more(left)) : "");
}

function face(page, one) {
  const become = () => page.act(() => page.open(one.id, page.chat?.id));
  return el("button", { type: "button", class: "face", "aria-pressed": String(one.id === page.me), title: one.name, onclick: become },
    avatar(one.id, one.name), el("span", {}, one.name));
}

export function drawChats(page) {
  $("chats").replaceChildren(...page.chats.map((one) => {
    const direct = one.kind === "direct";
    const under = direct ? page.words.direct : page.words.members(one.members.length);
    const current = one.id === page.chat?.id ? "true" : null;
    return el("li", {}, el("button", { type: "button", class: "chat", "aria-current": current, onclick: () => page.act(() => page.open(page.me, one.id)) },
      direct ? avatar("bot", "") : el("span", { class: "avatar group", "aria-hidden": "true" }, "#"),
      el("span", { class: "names" }, el("b", {}, one.name), el("small", {}, under)),
      page.unread.has(one.id) ? el("span", { class: "fresh" }, page.words.fresh) : ""));
  }));
  document.body.classList.toggle("news", page.unread.size > 0);
}

export function drawHead(page) {
  const { name, platform, kind, members } = page.chat;
  const said = page.words;
  document.body.dataset.platform = platform;
  $("head").replaceChildren(el("h2", {}, name), el("span", { class: `badge ${platform}` }, said[platform]),
    el("small", {}, kind === "direct" ? said.direct : said.members(members.length)),
    el("span", { class: "as" }, avatar(page.me, page.person(page.me).name), page.person(page.me).name));
  $("log").setAttribute("aria-label", said.messages(name));
  $("text").setAttribute("aria-label", said.writeTo(name));
  $("text").setAttribute("placeholder", said.writeTo(name));
  const chips = kind === "direct" ? said.words : [said.bot];
  $("chips").replaceChildren(...chips.map((chip) => el("button", { type: "button", class: "chip", onclick: () => page.call(chip) }, chip)));
}

export function label({ language, words: said }) {
  document.documentElement.lang = language;
  for (const id of ["fidelity", "limits", "who", "where"]) $(id).textContent = said[id];
  $("language").textContent = said.other;
  $("language").setAttribute("aria-label", said.otherLabel);
  $("menu").setAttribute("aria-label", said.menu);
  $("filter").setAttribute("placeholder", said.filter);
  $("filter").setAttribute("aria-label", said.filter);
  $("file").setAttribute("aria-label", said.file);
  $("attach").title = said.file;
  $("send").textContent = said.send;
  $("replying").lastElementChild.setAttribute("aria-label", said.cancel);
}
