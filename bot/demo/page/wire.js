// The demo's API, one function a route, and a file as the API takes it.

async function call(path, body) {
  const request = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, request);
  const made = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(typeof made.detail === "string" ? made.detail : made.error || `HTTP ${answer.status}`);
  return made;
}

const id = encodeURIComponent;

export const people = () => call("/demo/people");
export const guide = () => call("/demo/guide");
export const chats = (as) => call(`/demo/chats?as=${id(as)}`);
export const messages = (as, chat, after) => call(`/demo/chats/${id(chat)}/messages?as=${id(as)}&after=${after}`);
export const say = (as, chat, text, replyTo = null) => call("/demo/say", { as, chat, text, reply_to: replyTo });
export const click = (as, message, action, form) => call("/demo/click", { as, message, action, form });
export const file = (as, chat, name, base64) => call("/demo/file", { as, chat, name, base64 });

export const scope = (name) => call("/demo/scope", { scope: name });
export const slow = (seconds) => call("/demo/slow", { seconds });
export const exported = (as) => call("/demo/export", { as });
export const sent = (as, message) => `/demo/files/${id(message)}?as=${id(as)}`;

export const base64 = (from) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(from);
});
