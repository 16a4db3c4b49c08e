// Before anything is painted: light or dark as the device says, and that scripts run.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  document.documentElement.classList.add("scripted");
  dark.addEventListener("change", apply);
  apply();
})();
