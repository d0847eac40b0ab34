/* The window by keyboard alone. Without this file Enter still works: the server looks up or files (see pages/desk). */
"use strict";
(function () {
  const form = document.querySelector("form[data-desk]");
  if (!form) { return; }
  const seen = (e) => e && !e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && e.getClientRects().length > 0;
  const stops = () => [...form.elements].filter((e) => seen(e) && e.tagName !== "FIELDSET");

  /* The next field; of a group of choices the chosen one, else the first. */
  function after(from) {
    const all = stops();
    let at = all.indexOf(from) + 1;
    while (all[at] && all[at].type === "radio" && all[at].name === from.name) { at += 1; }
    const next = all[at];
    if (!next) { return null; }
    if (next.type !== "radio") { return next; }
    return all.find((e) => e.type === "radio" && e.name === next.name && e.checked) || next;
  }
  const go = (e) => { if (e) { e.focus(); if (e.select && e.type !== "date") { e.select(); } } };

  form.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing || e.altKey || e.metaKey) { return; }
    if (e.ctrlKey) {
      e.preventDefault();
      form.requestSubmit(form.querySelector("button[name=file]"));
      return;
    }
    const field = e.target;
    if (field.tagName === "BUTTON" || field.tagName === "TEXTAREA" || field.tagName === "A") { return; }
    e.preventDefault();
    if (field.dataset.look !== undefined) {
      const looked = form.querySelector("[name=looked]").value;
      const typed = field.value.trim().replace(/\s+/g, " ");
      if (typed && typed !== looked) { form.requestSubmit(form.querySelector("button[name=look]")); return; }
      go(after(form.querySelector("button[name=look]")));
      return;
    }
    go(after(field));
  });

  /* Alt and a digit: the field that bears it. Here too, because some browsers take the same keys for their tabs. */
  document.addEventListener("keydown", (e) => {
    if (!e.altKey || e.ctrlKey || e.metaKey || !/^Digit\d$/.test(e.code)) { return; }
    const marked = [...form.querySelectorAll("[accesskey='" + e.code.slice(5) + "']")].filter(seen);
    if (!marked.length) { return; }
    e.preventDefault();
    const first = marked[0];
    const group = first.type === "radio" ? [...form.querySelectorAll("[name='" + first.name + "']")] : [];
    const one = group.find((m) => m.checked) || first;
    if (one.tagName === "BUTTON") { form.requestSubmit(one); } else { go(one); }
  });
})();
