// Only what HTML cannot do: a form is sent once, a file can be dropped, a menu closes when one looks elsewhere.

// Sent once: a second click on a form that is under way does nothing. The server holds to it as well.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("data-again")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // A download leaves the page as it is: the form may be sent again later.
  window.setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
});

// What was chosen, beside our own button for it.
for (const input of document.querySelectorAll('input[type="file"]')) {
  const chosen = input.parentElement.querySelector("[data-chosen]");
  input.addEventListener("change", () => input.files.length && chosen && (chosen.textContent = input.files[0].name));
}

// A file dropped on `[data-drop]` goes into its input; choosing one sends the form.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector('input[type="file"]');
  const send = () => zone.closest("form").requestSubmit();
  for (const name of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        send();
      }
    });
  }
  input.addEventListener("change", () => input.files.length && send());
}
