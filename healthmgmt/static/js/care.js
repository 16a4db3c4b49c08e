// The worklist: marks the person whose panel has come, brings the panel before the eyes on a phone, and is worked through by keys.
const worklist = document.getElementById("worklist");
const popover = document.getElementById("keys");
const KEPT = "worklist-keys";
const lines = () => [...worklist.querySelectorAll("a.wl")];
const panel = () => document.getElementById("panel");

worklist?.addEventListener("htmx:afterSwap", (event) => {
  const chosen = event.detail.requestConfig.elt.closest("a.wl");
  if (!chosen) return;
  for (const line of worklist.querySelectorAll("a.wl[aria-current]")) line.removeAttribute("aria-current");
  chosen.setAttribute("aria-current", "true");
  if (window.matchMedia("(max-width: 900px)").matches) {
    worklist.classList.add("chosen");
    panel().scrollIntoView();
  }
  panel().querySelector("input[type=radio]")?.focus({ preventScroll: true });
});

// A list that was brought up to date beside a card under way: the card stays, and its person is marked.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!worklist || event.detail.target.id !== "list") return;
  const person = panel().querySelector("form")?.getAttribute("action").match(/[0-9a-f-]{36}/)?.[0];
  for (const line of lines()) line.toggleAttribute("aria-current", false);
  const line = lines().find((one) => one.href.includes(person));
  line?.setAttribute("aria-current", "true");
  (line ?? lines()[0])?.focus({ preventScroll: true });
});

// Where one stands: the line in focus, else the one whose panel is open.
function go(step) {
  const all = lines();
  const here = all.indexOf(document.activeElement);
  const at = here >= 0 ? here + step : all.findIndex((line) => line.hasAttribute("aria-current")) + (step > 0 ? 1 : -1);
  all[Math.min(Math.max(at, 0), all.length - 1)]?.focus();
}

function choose(number) {
  const ending = panel().querySelectorAll("input[name=ending]")[number - 1];
  if (!ending) return;
  ending.checked = true;
  ending.focus();
}

function anotherDay() {
  const day = panel().querySelector("input[name=next_on]");
  if (!day) return;
  day.closest("details").open = true;
  day.focus();
}

const ACTS = {
  j: () => go(1),
  k: () => go(-1),
  n: () => panel().querySelector("input[name=note]")?.focus(),
  d: anotherDay,
  s: () => panel().querySelector("form")?.requestSubmit(),
};

// Arrows walk along the list only from a line of it: elsewhere they scroll, or choose among endings.
function act(event) {
  const { key, target } = event;
  if (target.matches("a.wl") && (key === "ArrowDown" || key === "ArrowUp")) return () => go(key === "ArrowDown" ? 1 : -1);
  if (key === "?" && popover) return () => popover.showPopover();
  if (/^[1-9]$/.test(key)) return () => choose(Number(key));
  return ACTS[key.toLowerCase()];
}

// Letters are keys on the list and the card alone, or before anything was chosen, and never where somebody writes.
function isOurs({ target, altKey, ctrlKey, metaKey, isComposing }) {
  if (altKey || ctrlKey || metaKey || isComposing || localStorage.getItem(KEPT) === "off") return false;
  if (target.matches("input:not([type=radio]), textarea, select, [contenteditable]")) return false;
  return target === document.body || worklist.contains(target);
}

if (worklist) {
  document.addEventListener("keydown", (event) => {
    const does = isOurs(event) && act(event);
    if (!does) return;
    event.preventDefault();
    does();
  });
  const isOn = document.getElementById("keys-on");
  if (isOn) {
    isOn.closest("label").hidden = false;
    isOn.checked = localStorage.getItem(KEPT) !== "off";
    isOn.addEventListener("change", () => localStorage.setItem(KEPT, isOn.checked ? "on" : "off"));
  }
  // After a contact was saved the next person is told, and takes the keys.
  if (worklist.hasAttribute("data-next")) {
    const name = document.getElementById("panel-name");
    name.setAttribute("tabindex", "-1");
    name.focus();
  }
}
