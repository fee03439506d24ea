"use strict";
// The phone's page: asks the shop, shows what it says, sends what the member does. No arithmetic on money here.
const $ = (id) => document.getElementById(id);
const words = JSON.parse($("words").textContent);
const base = location.pathname.replace(/\/$/, "");
const query = location.search;
let bill = null, sliding = false, over = false, wait = 0;

function say(text) { $("banner").textContent = text || ""; $("banner").hidden = !text; if (text) $("banner").scrollIntoView({ block: "nearest" }); }

async function call(name, body) {
  let answer;
  try {
    answer = await fetch(`${base}/${name}${query}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body || {}) });
  } catch { say(words.offline); return false; }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) { if (answer.status === 404) end(data.error || words.gone); else say(data.error || words.offline); return false; }
  say(""); show(data); return true;
}

function end(text) { over = true; $("page").hidden = true; say(text); }

function text(id, value) { $(id).textContent = value; }

function line(item) {
  const row = document.createElement("li");
  for (const [cls, value, small] of [["", item.name, item.pack], ["qty", item.qty], ["", item.total]]) {
    const cell = document.createElement("span");
    cell.className = cls; cell.textContent = value;
    if (small) { const more = document.createElement("small"); more.textContent = small; cell.append(more); }
    row.append(cell);
  }
  return row;
}

function show(next) {
  if (over) return;
  bill = next;
  $("page").hidden = false;
  $("lines").replaceChildren(...bill.lines.map(line));
  for (const id of ["goods", "discount", "pay", "earns", "due"]) text(id, bill[id]);
  text("points-words", bill.points_words); text("points-money", bill.points_money); text("agree-pay", bill.pay);
  text("stored", bill.stored); $("stored-row").hidden = !bill.stored;
  text("rest", bill.rest); $("rest-row").hidden = !bill.rest;
  $("discount-row").hidden = !bill.discount; $("points-row").hidden = !bill.points; $("earns").hidden = !bill.member;
  $("sign-in").hidden = bill.signed_in || bill.state !== "open"; $("code-form").hidden = !bill.code_sent;
  $("member").hidden = !bill.member || bill.state !== "open";
  if (bill.member) showMember();
  $("agree").hidden = !bill.signed_in || bill.agreed || bill.state !== "open";
  const finished = bill.state === "done" ? words.done : bill.agreed ? words.agreed : "";
  $("finished").hidden = !finished; text("finished-words", finished);
}

function showMember() {
  const member = bill.member;
  text("initial", member.initial); text("name", member.name); text("tail", member.tail); text("tier", member.tier); text("balance", member.points);
  $("points-box").hidden = !bill.cap;
  text("cap", `${words.most.replace("{points}", bill.cap.toLocaleString())} = ${bill.cap_money}`);
  const slider = $("slider");
  slider.max = bill.cap;
  if (!sliding) { slider.value = bill.points; text("chosen", bill.points_words); }
  const choices = [[0, words.none], ...bill.steps.map((n) => [n, n.toLocaleString()]), [bill.cap, words.most.replace("{points}", bill.cap.toLocaleString())]];
  $("quick").replaceChildren(...choices.map(([n, label]) => {
    const button = document.createElement("button");
    button.type = "button"; button.textContent = label; button.setAttribute("aria-pressed", String(n === bill.points));
    button.addEventListener("click", () => call("points", { points: n }));
    return button;
  }));
}

function countDown() {
  $("send").disabled = wait > 0;
  text("send", wait > 0 ? words.again.replace("{seconds}", wait) : words.send);
  if (wait-- > 0) setTimeout(countDown, 1000);
}

$("phone-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  if (await call("code", { phone: $("phone").value })) { wait = 30; countDown(); $("code-form").hidden = false; $("code").focus(); }
});
$("code-form").addEventListener("submit", (e) => { e.preventDefault(); call("sign-in", { code: $("code").value }); });
$("slider").addEventListener("input", () => { sliding = true; text("chosen", Number($("slider").value).toLocaleString()); });
$("slider").addEventListener("change", async () => { await call("points", { points: Number($("slider").value) }); sliding = false; if (bill) show(bill); });
$("leave").addEventListener("click", () => call("leave"));
$("agree").addEventListener("click", async () => { $("agree").disabled = true; await call("agree", { version: bill.version }); $("agree").disabled = false; });

(async () => {
  if (!await call("take")) return;
  const events = new EventSource(`${base}/events${query}`);
  events.addEventListener("bill", (e) => { say(""); show(JSON.parse(e.data)); });
  events.addEventListener("gone", (e) => { events.close(); end(JSON.parse(e.data).error || words.gone); });
  events.onerror = () => { if (!over) say(words.offline); };
})();
