/* Triage one after another: keys, and the fields that the chosen criterion asks for. Without it all fields are shown. */
(() => {
  const form = document.querySelector("[data-batch-form]");
  if (!form) { return; }
  const about = JSON.parse(document.getElementById("batch-about").textContent);
  const at = (name) => form.elements[name];
  const criterion = at("criterion"), reason = at("reason"), unit = at("host_unit"), guidance = at("guidance");
  const accept = form.querySelector("[data-batch=accept]"), urgent = form.querySelector("[data-batch-urgent]");
  const label = accept ? accept.textContent : "", suggested = criterion.value;
  let written = reason.value;  // what the page itself wrote last; anything else was typed and stays

  const wayOf = () => {
    if (criterion.value.startsWith("none-")) { return criterion.value.slice(5); }
    return (about[criterion.value] || {}).route || "";
  };
  const show = () => {
    const way = wayOf();
    form.querySelectorAll("[data-for]").forEach((box) => { box.hidden = way !== "" && !box.dataset.for.split(" ").includes(way); });
    urgent.textContent = (about[criterion.value] || {}).urgent || "";
    if (accept) { accept.textContent = suggested && criterion.value === suggested ? label : "分流此事项"; }
  };
  criterion.addEventListener("change", () => {
    const known = about[criterion.value] || { reason: "", unit: "", guidance: "" };
    if (reason.value === written || !reason.value.trim()) { reason.value = written = known.reason; }
    unit.value = known.unit;
    guidance.value = known.guidance || "";
    show();
  });
  show();

  const editing = (e) => e && /^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName) && e.type !== "checkbox";
  document.addEventListener("keydown", (e) => {
    const here = document.activeElement;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && form.contains(here) && accept) { e.preventDefault(); form.requestSubmit(accept); return; }
    if (e.key === "Escape" && editing(here) && form.contains(here)) { e.preventDefault(); (accept || criterion).focus(); return; }
    if (e.ctrlKey || e.altKey || e.metaKey || editing(here)) { return; }
    const key = e.key.toLowerCase();
    if (key === "c") { e.preventDefault(); criterion.focus(); }
    if (key === "r") { e.preventDefault(); reason.focus(); }
    if (key === "s") { const skip = document.querySelector("[data-batch=skip]"); if (skip) { e.preventDefault(); skip.click(); } }
    if (key === "o") { document.querySelector("[data-batch=open]").click(); }
  });
  if (!form.querySelector(".has-error")) { (suggested && accept ? accept : criterion).focus(); }
})();
