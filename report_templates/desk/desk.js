// Conveniences only: everything works without this script.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[data-busy]")) {
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  }
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
for (const drop of document.querySelectorAll(".drop")) {
  const input = drop.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; input.form.requestSubmit(); }
  });
}
const again = document.querySelector("[data-again]");
if (again) setTimeout(() => location.reload(), Number(again.dataset.again) * 1000);
const trouble = document.querySelector(".said[tabindex]");
if (trouble) trouble.focus();
document.addEventListener("keydown", (event) => {
  const rel = {ArrowRight: "next", ArrowLeft: "prev"}[event.key];
  const link = rel && event.altKey && document.querySelector(`a[rel=${rel}]`);
  if (link) { event.preventDefault(); link.click(); }
});
