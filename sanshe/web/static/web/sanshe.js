/* Progressive only: every page works without this file. No inline handlers, no eval (CSP). */
"use strict";
(function () {
  const root = document.documentElement;
  const live = (text) => { const p = document.getElementById("live"); if (p) { p.textContent = text; } };

  /* A click answers within 100 ms, if only with a bar. */
  const go = () => root.classList.add("going");
  const stop = () => root.classList.remove("going");
  document.addEventListener("click", (e) => {
    const a = e.target.closest("a[href]");
    if (!a || e.defaultPrevented || e.ctrlKey || e.metaKey || e.shiftKey || e.button || a.target || a.hasAttribute("download")) { return; }
    const url = new URL(a.href, location.href);
    if (url.origin === location.origin && (url.pathname !== location.pathname || url.search !== location.search)) { go(); }
  });
  window.addEventListener("pageshow", () => { stop(); document.querySelectorAll("[data-sent]").forEach(free); });

  /* Once a form is on its way its buttons rest, so that a double click is one post; the name of the button still goes. */
  function free(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((b) => { b.removeAttribute("aria-busy"); b.disabled = false; });
  }
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented) { return; }
    if (form.method.toLowerCase() === "get") {
      /* An address without empty filters is one that can be read out and kept. */
      const empty = [...form.elements].filter((f) => f.name && !f.disabled && f.value === "");
      empty.forEach((f) => { f.disabled = true; });
      setTimeout(() => empty.forEach((f) => { f.disabled = false; }), 0);
      go(); return;
    }
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    const buttons = [...form.querySelectorAll("button:not([type=button]), input[type=submit]")];
    setTimeout(() => buttons.forEach((b) => { b.setAttribute("aria-busy", "true"); b.disabled = true; }), 0);
    go();
    setTimeout(() => { if (form.dataset.sent) { free(form); stop(); } }, 15000);
  });

  /* Drafts: what was typed is kept on this device until the form has been taken. Never passwords, files or keys. */
  const AGE = 7 * 24 * 3600 * 1000;
  const keyOf = (form) => "draft:" + (form.dataset.draft || "") + ":" + location.pathname;
  function fields(form) {
    return [...form.elements].filter((f) => f.name && f.type !== "file" && f.type !== "password" && f.type !== "hidden" && f.type !== "submit" && f.dataset.nodraft === undefined);
  }
  function remember(form, note) {
    const data = {};
    fields(form).forEach((f) => {
      if (f.type === "checkbox" || f.type === "radio") { if (f.checked) { (data[f.name] = data[f.name] || []).push(f.value); } else { data[f.name] = data[f.name] || []; } }
      else if (f.multiple) { data[f.name] = [...f.selectedOptions].map((o) => o.value); }
      else { data[f.name] = [f.value]; }
    });
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), data: data }));
      const t = new Date();
      note.textContent = "草稿已存在本机（" + String(t.getHours()).padStart(2, "0") + ":" + String(t.getMinutes()).padStart(2, "0") + "）";
    } catch (err) { note.textContent = ""; }
  }
  function recall(form, note) {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(keyOf(form)) || "null"); } catch (err) { return; }
    if (!kept || Date.now() - kept.at > AGE || form.querySelector(".has-error")) { return; }
    let used = false;
    fields(form).forEach((f) => {
      const values = kept.data[f.name];
      if (!values) { return; }
      if (f.type === "checkbox" || f.type === "radio") { const on = values.includes(f.value); used = used || on !== f.checked; f.checked = on; }
      else if (f.multiple) { [...f.options].forEach((o) => { o.selected = values.includes(o.value); }); }
      else if (!f.value && values[0]) { f.value = values[0]; used = true; }
    });
    if (used) {
      note.textContent = "已找回上次没有提交的内容。";
      const drop = document.createElement("button");
      drop.type = "button"; drop.className = "quiet"; drop.textContent = "清除草稿";
      drop.addEventListener("click", () => { localStorage.removeItem(keyOf(form)); form.reset(); note.textContent = "草稿已清除。"; });
      note.append(" ", drop);
    }
  }
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const note = form.querySelector(".draft-note") || form.appendChild(Object.assign(document.createElement("p"), { className: "draft-note" }));
    note.setAttribute("role", "status");
    recall(form, note);
    let timer;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => remember(form, note), 1500); });
    form.addEventListener("submit", () => { clearTimeout(timer); remember(form, note); try { sessionStorage.setItem("draft-sent", keyOf(form)); } catch (err) { /* private mode */ } });
  });
  /* Taken: the next page is another one, without errors. Only then is the draft dropped. Being asked to sign in (again)
     on the way is no taking: the draft waits until the form is back. */
  try {
    const sent = sessionStorage.getItem("draft-sent");
    if (sent && !location.pathname.startsWith("/accounts/")) {
      sessionStorage.removeItem("draft-sent");
      if (!document.querySelector(".error-page, .error-list") && !sent.endsWith(":" + location.pathname)) { localStorage.removeItem(sent); }
    }
  } catch (err) { /* private mode */ }

  /* Large type without a reload; the server reads the same cookie. */
  document.querySelectorAll("a[data-elder]").forEach((a) => a.addEventListener("click", (e) => {
    e.preventDefault(); e.stopPropagation();
    const on = root.classList.toggle("elder");
    document.cookie = "elder=" + (on ? "1" : "0") + ";path=/;max-age=31536000;samesite=lax";
    document.querySelectorAll("a[data-elder]").forEach((b) => {
      b.textContent = b.closest(".foot") ? (on ? "恢复标准字号" : "切换长辈版（大字）") : (on ? "标准版" : "长辈版");
      b.href = b.href.replace(/on=[01]/, "on=" + (on ? "0" : "1"));
    });
    live(on ? "已切换为长辈版" : "已恢复标准版");
  }));

  /* Menus close on Escape and on a click elsewhere. */
  document.addEventListener("click", (e) => document.querySelectorAll("details.menu[open], details.ask[open]").forEach((d) => { if (!d.contains(e.target)) { d.open = false; } }));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") { return; }
    document.querySelectorAll("details.menu[open], details.ask[open]").forEach((d) => { d.open = false; d.querySelector("summary").focus(); });
  });

  /* A table row leads where its first link leads. */
  document.addEventListener("click", (e) => {
    const row = e.target.closest("tr[data-href]");
    if (!row || e.target.closest("a, button, input, select, label, summary") || String(getSelection())) { return; }
    const link = row.querySelector("a[href]");
    if (link) { link.click(); }
  });

  /* A list keeps its position: coming back, it stands where it stood. */
  document.querySelectorAll("[data-keep]").forEach((box) => {
    const key = "keep:" + location.pathname + location.search;
    try {
      const y = Number(sessionStorage.getItem(key) || 0);
      if (y && performance.getEntriesByType("navigation")[0].type !== "navigate") { window.scrollTo(0, y); }
      box.addEventListener("click", () => sessionStorage.setItem(key, String(window.scrollY)));
    } catch (err) { /* private mode */ }
  });

  /* On a wide screen a thing opens beside its list, which stays where it is. Anything unexpected: the page itself. */
  document.querySelectorAll("[data-split]").forEach((split) => {
    const pane = split.querySelector(".split-detail");
    split.querySelector(".split-list").addEventListener("click", (e) => {
      const link = e.target.closest("tbody th a[href], .item-title[href], tbody td:first-child a[href]");
      if (!link || innerWidth < 1280 || e.ctrlKey || e.metaKey || e.shiftKey || e.button) { return; }
      e.preventDefault();
      go();
      fetch(link.href, { credentials: "same-origin", headers: { "X-Requested-With": "split" } }).then((r) => {
        if (!r.ok || r.redirected) { throw new Error("page"); }
        return r.text();
      }).then((text) => {
        const main = new DOMParser().parseFromString(text, "text/html").querySelector("main");
        if (!main) { throw new Error("page"); }
        const full = document.createElement("a");
        full.href = link.href; full.className = "quiet"; full.textContent = "打开整页";
        const close = document.createElement("button");
        close.type = "button"; close.className = "quiet"; close.textContent = "关闭";
        const bar = document.createElement("div");
        bar.className = "split-bar"; bar.append(full, close);
        const shown = [...main.querySelectorAll(":scope > .page-head, :scope > .actions, :scope > .body, :scope > .history")];
        shown.forEach((part) => part.querySelectorAll("h1").forEach((h) => { const h2 = document.createElement("h2"); h2.className = "split-title"; h2.append(...h.childNodes); h.replaceWith(h2); }));
        pane.replaceChildren(bar, ...shown);
        pane.scrollTop = 0; pane.tabIndex = -1;
        split.classList.add("is-open");
        split.querySelectorAll(".is-current").forEach((row) => row.classList.remove("is-current"));
        const row = link.closest("tr, li");
        if (row) { row.classList.add("is-current"); }
        close.addEventListener("click", () => { split.classList.remove("is-open"); pane.replaceChildren(); link.focus(); });
        pane.focus({ preventScroll: true });
        stop();
      }).catch(() => { location.href = link.href; });
    });
  });

  /* The key / leads to the search box, or to its page where there is no box; never out of a field. */
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) { return; }
    if (e.target.closest("input, textarea, select, [contenteditable]")) { return; }
    const box = document.getElementById("search-q") || document.querySelector("[data-find]");
    if (!box) { return; }
    e.preventDefault();
    if (box.matches("a")) { box.click(); } else { box.focus(); box.select(); }
  });

  document.querySelectorAll("[data-print]").forEach((b) => { b.hidden = false; b.addEventListener("click", () => window.print()); });
  document.querySelectorAll("[data-submit-on-change]").forEach((f) => f.addEventListener("change", () => f.form && f.form.requestSubmit()));
  document.querySelectorAll("[data-copy]").forEach((b) => {
    if (!navigator.clipboard) { return; }
    b.hidden = false;
    b.addEventListener("click", () => navigator.clipboard.writeText(b.dataset.copy).then(() => { b.textContent = "已复制"; }));
  });
  const list = document.querySelector(".error-list");
  if (list) { list.focus(); }
  if (document.querySelector(".actions")) { document.body.classList.add("has-actions"); }
})();
