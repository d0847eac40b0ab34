/* Suggestions under a search box: input[data-suggest] names the address that is asked. Without this file the box is a
   plain form. What is typed goes by POST and is kept nowhere. */
"use strict";
(function () {
  const WAIT = 220, LEAST = 2;
  let boxes = 0;

  function attach(input) {
    const form = input.form, id = "suggest-" + (++boxes);
    const list = document.createElement("ul");
    Object.assign(list, { id: id, className: "suggest", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "建议");
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    input.after(list, said);
    input.parentElement.classList.add("suggest-in");
    const set = (name, value) => input.setAttribute(name, value);
    set("role", "combobox"); set("aria-autocomplete", "list"); set("aria-controls", id); set("aria-expanded", "false");

    let timer = 0, asking = null, asked = "", at = -1;
    const options = () => [...list.querySelectorAll("[role=option]")];

    function mark(index) {
      const all = options();
      at = index < 0 || !all.length ? -1 : index % all.length;
      all.forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
      if (at < 0) { input.removeAttribute("aria-activedescendant"); return; }
      set("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
    function close() {
      clearTimeout(timer);
      if (asking) { asking.abort(); asking = null; }
      list.hidden = true; said.textContent = ""; set("aria-expanded", "false"); mark(-1);
    }
    function show() {
      const all = options();
      all.forEach((one, i) => { one.id = id + "-" + i; });
      list.hidden = !all.length;
      set("aria-expanded", String(!list.hidden));
      mark(-1);
      const found = all.filter((one) => one.dataset.go === undefined).length;
      said.textContent = found ? found + " 条建议，用上下键选择" : all.length ? all[0].textContent : "";
    }
    function ask() {
      const typed = input.value.trim();
      if (typed.length < LEAST) { asked = ""; list.replaceChildren(); close(); return; }
      if (typed === asked) { show(); return; }
      if (asking) { asking.abort(); }
      const mine = asking = new AbortController();
      const body = new URLSearchParams({ q: typed, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
      fetch(input.dataset.suggest, { method: "POST", body: body, credentials: "same-origin", signal: mine.signal }).then((r) => {
        if (!r.ok || r.redirected) { throw new Error("none"); }
        return r.text();
      }).then((text) => {
        if (mine !== asking) { return; }
        asking = null; asked = typed;
        list.innerHTML = text;
        if (document.activeElement === input) { show(); }
      }).catch(() => { if (mine === asking) { close(); } });
    }
    function take(option) {
      const link = option.querySelector("a[href]");
      close();
      if (link) { link.click(); } else { form.requestSubmit(); }
    }
    const later = () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); };

    input.addEventListener("input", (e) => { if (!e.isComposing) { later(); } });
    input.addEventListener("compositionend", later);
    input.addEventListener("keydown", (e) => {
      if (e.isComposing) { return; }
      const open = !list.hidden;
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        if (!open) { ask(); } else { mark(e.key === "ArrowDown" ? at + 1 : at > 0 ? at - 1 : options().length - 1); }
      } else if (e.key === "Enter" && open && at >= 0) {
        e.preventDefault(); take(options()[at]);
      } else if (e.key === "Enter") {
        close();
      } else if (e.key === "Escape" && open) {
        e.preventDefault(); close();
      }
    });
    input.addEventListener("blur", () => setTimeout(() => { if (!list.contains(document.activeElement)) { close(); } }, 150));
    list.addEventListener("pointerdown", (e) => e.preventDefault());
    list.addEventListener("click", (e) => {
      const option = e.target.closest("[role=option]");
      if (option && !e.target.closest("a")) { take(option); }
    });
  }
  document.querySelectorAll("input[data-suggest]").forEach(attach);
})();
