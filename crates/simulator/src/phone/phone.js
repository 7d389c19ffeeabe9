// The phone: shows the simulator's data and reads it again after every change event.

import { language, words } from "./words.js";

const SEND_FAULTS = [
  { kind: "delay", ms: 3000 },
  { kind: "status5xx", code: 502, body: "<html><body><h1>Bad Gateway</h1></body></html>" },
  { kind: "rate_code" },
  { kind: "error_code", code: 131047, http: 400 },
  { kind: "hang", seconds: null },
  { kind: "drop_connection" },
  { kind: "accept_then_drop" },
];
const WEBHOOK_FAULTS = [
  { kind: "duplicate" },
  { kind: "reorder" },
  { kind: "bad_signature" },
  { kind: "delay", ms: 3000 },
  { kind: "split_off" },
];
const TICKS = { waiting: "✓", arrived: "✓✓", read: "✓✓", lost: "!" };

const at = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const customer = at("customer");
const number = at("number");
const chat = at("chat");
const text = at("text");
// A customer who was just added; selected as soon as the list contains them.
let wanted = "";
let state = { customers: [], numbers: [], faults: { send: [], webhook: [] } };

function element(name, classes, content) {
  const made = document.createElement(name);
  made.className = classes;
  if (content !== undefined) made.textContent = content;
  return made;
}

// -- Talking to the simulator

async function ask(path, method = "GET", body) {
  const options = { method };
  if (body instanceof File) {
    options.headers = { "content-type": body.type || "application/octet-stream" };
    options.body = body;
  } else if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(`simulator/api/${path}`, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? null : answer.json();
}

async function act(path, method, body) {
  try {
    const answer = await ask(path, method, body);
    trouble("");
    return answer;
  } catch (error) {
    trouble(error instanceof TypeError ? words.offline : words.refused + error.message);
    return undefined;
  }
}

function trouble(message) {
  at("trouble").textContent = message;
  at("trouble").hidden = message === "";
}

// -- Showing

function name(person) {
  return `${person.name} (${person.wa_id ? `+${person.wa_id}` : `@${person.username ?? person.bsuid}`})`;
}

function fill(select, entries, none) {
  const before = select.value;
  const known = [...select.options].map((option) => `${option.value} ${option.text}`).join("\n");
  const options = entries.length ? entries : [["", none]];
  if (known === options.map(([value, label]) => `${value} ${label}`).join("\n")) return;
  select.replaceChildren(...options.map(([value, label]) => new Option(label, value)));
  if (entries.some(([value]) => String(value) === before)) select.value = before;
  select.disabled = entries.length === 0;
}

function showChoices() {
  fill(customer, state.customers.map((one) => [one.id, name(one)]), words.nobody);
  if (state.customers.some((one) => String(one.id) === wanted)) {
    customer.value = wanted;
    wanted = "";
  }
  const numbers = state.numbers.map((one) => [one.phone_number_id, `${one.verified_name} ${one.display_phone_number}`]);
  fill(number, numbers, words.noNumber);
  const chosen = state.numbers.find((one) => one.phone_number_id === number.value);
  at("business").textContent = chosen ? chosen.verified_name : words.noNumber;
  at("avatar").textContent = chosen ? chosen.verified_name.trim().charAt(0).toUpperCase() : "";
  text.disabled = !(customer.value && number.value);
}

function bubble(message) {
  const item = element("li", message.own ? "bubble own" : "bubble");
  item.append(element("span", "unseen", message.own ? words.you : words.business));
  item.append(element("p", "", message.text));
  const foot = element("span", "foot", clock.format(message.at));
  if (message.own) {
    const ticks = element("span", `ticks ${message.ticks}`, TICKS[message.ticks]);
    ticks.title = words.ticks[message.ticks];
    ticks.setAttribute("role", "img");
    ticks.setAttribute("aria-label", words.ticks[message.ticks]);
    foot.append(" ", ticks);
  }
  item.append(foot);
  const offer = (label, path, body) => {
    const button = element("button", "plain offer", label);
    button.type = "button";
    button.addEventListener("click", () => act(path, "POST", { customer: Number(customer.value), ...body }));
    item.append(button);
  };
  for (const { id, title } of message.offers ?? []) offer(title, "choose", { wamid: message.id, id });
  if (message.asks_location) {
    offer(words.locate, "locate", { phone_number_id: number.value, latitude: 50.0875, longitude: 14.4213 });
  }
  return item;
}

function showChat({ messages, typing }) {
  const chosen = state.numbers.find((one) => one.phone_number_id === number.value);
  at("presence").textContent = typing ? words.typing : (chosen?.display_phone_number ?? "");
  const shown = JSON.stringify([customer.value, number.value, messages]);
  if (chat.dataset.shown === shown) return;
  chat.dataset.shown = shown;
  const bubbles = messages.map(bubble);
  at("bubbles").replaceChildren(...(bubbles.length ? bubbles : [element("li", "nothing", words.empty)]));
  chat.scrollTop = chat.scrollHeight;
}

function attemptWords(attempt) {
  const answer = attempt.answer.kind === "http" ? String(attempt.answer.status) : words[attempt.answer.kind];
  return attempt.properly_signed ? answer : `${answer} (${words.bad_signature})`;
}

function gist(delivery) {
  const value = delivery.body.entry[0].changes[0].value;
  const said = (one) => one.text?.body ?? one[one.type]?.filename ?? one.type;
  const messages = (value.messages ?? []).map(said);
  const statuses = (value.statuses ?? []).map((one) => one.status);
  return [...messages.map((one) => `„${one}“`), ...statuses].join(", ");
}

function showDeliveries(deliveries) {
  const items = deliveries.map((delivery) => {
    const item = element("li", `delivery ${delivery.outcome.kind}`);
    item.append(element("span", "what", gist(delivery)));
    const attempts = delivery.attempts.map(attemptWords).join(" → ");
    const reason = delivery.outcome.reason ? `: ${delivery.outcome.reason}` : "";
    item.append(element("span", "outcome", words.outcome[delivery.outcome.kind] + reason));
    item.append(element("span", "answers", attempts));
    return item;
  });
  at("deliveries").replaceChildren(...(items.length ? items : [element("li", "nothing", words.noDeliveries)]));
}

function faultWords(target, fault) {
  return words.fault[`${target}_${fault.kind}`] ?? words.fault[fault.kind];
}

function showScripted() {
  const waiting = ["send", "webhook"].flatMap((target) =>
    state.faults[target].map((fault) => faultWords(target, fault)));
  const box = at("scripted");
  const line = waiting.join(", ");
  if (box.dataset.shown === line) return;
  box.dataset.shown = line;
  box.replaceChildren();
  if (!line) return;
  const clear = element("button", "plain", words.clear);
  clear.addEventListener("click", () => act("faults", "DELETE"));
  box.append(element("span", "", words.waiting_faults + line), clear);
}

// -- Keeping up

let busy = false;
let again = false;

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    state = await ask("state");
    showChoices();
    showScripted();
    showDeliveries(await ask("deliveries?last=12"));
    if (customer.value && number.value) {
      const query = new URLSearchParams({ customer: customer.value, phone_number_id: number.value });
      const shown = await ask(`chat?${query}`);
      showChat(shown);
      await readWhatIsSeen(shown.messages);
    }
  } catch (error) {
    trouble(error instanceof TypeError ? words.offline : words.refused + error.message);
  }
  busy = false;
  if (again) {
    again = false;
    refresh();
  }
}

// Marks as read only what a person can see: the chat is open and the page is in front.
async function readWhatIsSeen(messages) {
  if (document.visibilityState !== "visible" || !messages.some((one) => one.unread)) return;
  await ask("read", "POST", { customer: Number(customer.value), phone_number_id: number.value });
}

function listen() {
  const events = new EventSource("simulator/api/events");
  events.onopen = () => trouble("");
  events.onmessage = refresh;
  events.onerror = () => trouble(words.offline);
}

// -- What the person does

async function send() {
  const said = text.value.trim();
  if (!said || text.disabled) return;
  const answer = await act("say", "POST", {
    customer: Number(customer.value),
    phone_number_id: number.value,
    text: said,
  });
  if (answer) text.value = "";
}

// The kind as which WhatsApp sends a chosen file.
function kindOf(file) {
  if (["image/jpeg", "image/png"].includes(file.type)) return "image";
  if (file.type === "image/webp") return "sticker";
  const kind = file.type.split("/")[0];
  return ["audio", "video"].includes(kind) ? kind : "document";
}

at("file").addEventListener("change", async () => {
  const [file] = at("file").files;
  if (!file || text.disabled) return;
  const kind = kindOf(file);
  const query = new URLSearchParams({ customer: customer.value, phone_number_id: number.value, kind });
  if (kind === "document") query.set("filename", file.name);
  const caption = text.value.trim();
  const withCaption = caption && ["document", "image", "video"].includes(kind);
  if (withCaption) query.set("caption", caption);
  const answer = await act(`files?${query}`, "PUT", file);
  if (answer && withCaption) text.value = "";
  at("file").value = "";
});

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});

function addByNumber() {
  return document.querySelector("input[name=kind]:checked").value === "number";
}

function showKind() {
  at("add-value-label").textContent = addByNumber() ? words.phoneNumber : words.username;
  at("add-value").inputMode = addByNumber() ? "tel" : "text";
  at("add-value").setCustomValidity("");
}

at("add-value").addEventListener("input", () => at("add-value").setCustomValidity(""));

at("add-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = at("add-value").value.trim();
  const digits = value.replace(/\D/g, "");
  if (addByNumber() && !/^\d{7,15}$/.test(digits)) {
    at("add-value").setCustomValidity(words.badNumber);
    at("add-value").reportValidity();
    return;
  }
  const known = addByNumber() ? { wa_id: digits } : { username: value.replace(/^@/, "") };
  const added = await act("customers", "POST", { name: at("add-name").value.trim(), ...known });
  if (!added) return;
  at("add-form").reset();
  showKind();
  at("add").open = false;
  wanted = String(added.id);
  refresh();
  text.focus();
});

function faultButtons(target, faults) {
  at(`${target}-faults`).replaceChildren(...faults.map((fault) => {
    const button = element("button", "plain", faultWords(target, fault));
    button.type = "button";
    button.addEventListener("click", () => act("faults", "POST", { target, ...fault }));
    return button;
  }));
}

document.documentElement.lang = language;
document.title = words.title;
for (const one of document.querySelectorAll("[data-word]")) one.textContent = words[one.dataset.word];
for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", words[one.dataset.label]);
for (const one of document.querySelectorAll("[data-placeholder]")) one.placeholder = words[one.dataset.placeholder];
for (const one of document.querySelectorAll("input[name=kind]")) one.addEventListener("change", showKind);
faultButtons("send", SEND_FAULTS);
faultButtons("webhook", WEBHOOK_FAULTS);
showKind();
customer.addEventListener("change", refresh);
number.addEventListener("change", refresh);
document.addEventListener("visibilitychange", refresh);
// A typing indicator ends without a change event.
setInterval(() => at("presence").textContent === words.typing && refresh(), 5000);
refresh().then(() => text.focus());
listen();
