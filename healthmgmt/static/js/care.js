// The worklist: marks the person whose panel has come, and on a phone brings the panel before the eyes.
const worklist = document.getElementById("worklist");

worklist?.addEventListener("htmx:afterSwap", (event) => {
  const chosen = event.detail.requestConfig.elt.closest("a.wl");
  if (!chosen) return;
  for (const line of worklist.querySelectorAll("a.wl[aria-current]")) line.removeAttribute("aria-current");
  chosen.setAttribute("aria-current", "true");
  const panel = document.getElementById("panel");
  if (window.matchMedia("(max-width: 900px)").matches) {
    worklist.classList.add("chosen");
    panel.scrollIntoView();
  }
  panel.querySelector("input[type=radio]")?.focus({ preventScroll: true });
});
