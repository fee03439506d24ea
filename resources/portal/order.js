"use strict";
// A member's order: proves it, shows what the shop says, follows it, asks about it.
const $ = (id) => document.getElementById(id);
const words = JSON.parse($("words").textContent);
const query = location.search;
const wanted = $("number").value;
let key = "", forget = 0;

function say(text) { $("banner").textContent = text || ""; $("banner").hidden = !text; if (text) scrollTo(0, 0); }

async function call(name, body) {
  let answer;
  try {
    answer = await fetch(`/order/${name}${query}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body || {}) });
  } catch { say(words.offline); return false; }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) { say(data.error || words.offline); return false; }
  say(""); show(data); return true;
}

function part(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function whole(tag, kind, ...parts) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...parts.filter(Boolean));
  return made;
}

function parcel(seen) {
  const trail = seen.trail.map((place) => whole("li", "", part("span", place.text), part("small", [place.when, place.place].filter(Boolean).join(" · "))));
  return whole("section", "card",
    whole("div", "between", part("h2", seen.carrier), part("b", seen.state, seen.there ? "there" : "")),
    part("p", seen.number, "tracking"), seen.eta && part("p", seen.eta, "gold"), seen.inside && part("p", seen.inside, "hint"),
    trail.length > 0 && whole("ol", "trail", ...trail));
}

function line(item) {
  return whole("li", "", part("span", item.name), part("span", item.qty, "qty"));
}

function message(said) {
  return whole("li", said.mine ? "mine" : "", part("p", said.text), part("small", `${said.mine ? words.me : words.shop} · ${said.when}`));
}

function show(seen) {
  const mine = seen.signed_in;
  $("page").hidden = false;
  $("look").hidden = mine;
  $("order").hidden = $("goods").hidden = $("deeds").hidden = !mine;
  $("talk").hidden = !mine || !seen.may_ask;
  clearTimeout(forget);
  if (!mine) { for (const id of ["parcels", "steps", "lines", "said"]) $(id).replaceChildren(); $("text").value = ""; return; }
  $("status").textContent = seen.status; $("number-seen").textContent = seen.number;
  $("expected").textContent = seen.hint; $("name").textContent = seen.name;
  $("steps").replaceChildren(...seen.steps.map((step) => whole("li", step.state, part("span", step.words), part("small", step.when))));
  $("parcels").replaceChildren(...seen.parcels.map(parcel));
  $("lines").replaceChildren(...seen.lines.map(line));
  $("due").textContent = seen.to_pay ? words.to_pay : words.paid;
  $("total").textContent = seen.total; $("refunded").textContent = seen.refunded && words.refunded.replace("{amount}", seen.refunded);
  $("said").replaceChildren(...seen.talk.map(message));
  forget = setTimeout(again, Number(document.body.dataset.minutes) * 60000 + 2000);
}

async function again() {
  try { show(await (await fetch(`/order/state${query}`)).json()); } catch { say(words.offline); }
}

function fits(seen) {
  const plain = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return !wanted || seen.numbers.some((number) => plain(number) === plain(wanted));
}

$("look").addEventListener("submit", async (e) => {
  e.preventDefault(); $("find").disabled = true;
  if (await call("look", { number: $("number").value, proof: $("proof").value })) { asked = true; $("proof").value = ""; }
  $("find").disabled = false;
});
$("ask").addEventListener("submit", async (e) => {
  e.preventDefault(); $("send").disabled = true;
  key = key || Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  if (await call("ask", { text: $("text").value, key })) { $("text").value = ""; key = ""; $("sent").textContent = words.sent; }
  $("send").disabled = false;
});
$("text").addEventListener("input", () => { key = ""; $("sent").textContent = ""; });
$("leave").addEventListener("click", async () => { if (await call("leave")) $("number").value = ""; });

let asked = false; // the code of another order on paper asks anew
function follow() {
  const events = new EventSource(`/order/events${query}`);
  events.addEventListener("order", (e) => {
    const seen = JSON.parse(e.data);
    say(""); show(seen.signed_in && !asked && !fits(seen) ? { signed_in: false } : seen);
  });
  events.onerror = () => say(words.offline);
}
follow();
