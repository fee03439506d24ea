"use strict";
// A member's messages: shows what the shop says, sends what the member does.
const $ = (id) => document.getElementById(id);
const words = JSON.parse($("words").textContent);
const query = location.search;
let wait = 0, events = null;

function say(text) { $("banner").textContent = text || ""; $("banner").hidden = !text; }

async function call(name, body) {
  let answer;
  try {
    answer = await fetch(`/inbox/${name}${query}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body || {}) });
  } catch { say(words.offline); return false; }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) { say(data.error || words.offline); return false; }
  say(""); show(data); return true;
}

function row(item) {
  const line = document.createElement("li");
  if (item.unread) line.className = "unread";
  for (const [tag, value] of [["b", item.title], ["small", item.when], ["p", item.body]]) {
    const part = document.createElement(tag);
    part.textContent = value; line.append(part);
  }
  return line;
}

function show(seen) {
  $("page").hidden = false;
  $("sign-in").hidden = seen.signed_in; $("inbox").hidden = $("deeds").hidden = !seen.signed_in;
  $("rows").replaceChildren(...seen.rows.map(row));
  $("empty").hidden = seen.rows.length > 0; $("read").hidden = !seen.unread;
  $("unread").textContent = seen.unread ? words.unread.replace("{count}", seen.unread) : "";
}

function countDown() {
  $("send").disabled = wait > 0;
  $("send").textContent = wait > 0 ? words.again.replace("{seconds}", wait) : words.send;
  if (wait-- > 0) setTimeout(countDown, 1000);
}

$("phone-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  if (await call("code", { phone: $("phone").value })) {
    wait = 30; countDown(); $("sent").textContent = words.sent; $("sent").hidden = false; $("code-form").hidden = false; $("code").focus();
  }
});
$("code-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  if (await call("sign-in", { code: $("code").value })) { $("code").value = ""; $("code-form").hidden = $("sent").hidden = true; }
});
$("read").addEventListener("click", () => call("read"));
$("leave").addEventListener("click", () => call("leave"));

function follow() {
  events = new EventSource(`/inbox/events${query}`);
  events.addEventListener("inbox", (e) => { say(""); show(JSON.parse(e.data)); });
  events.onerror = () => say(words.offline);
}
follow();
