/* A half-typed report that lies on this device, shown where one looks for one's own matters. Nothing leaves the device. */
"use strict";
(function () {
  document.querySelectorAll("[data-draft-of]").forEach((box) => {
    const key = box.dataset.draftOf;
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch (err) { return; }
    const text = kept && kept.data && kept.data.text && kept.data.text[0] ? kept.data.text[0].trim() : "";
    if (!text) { return; }
    box.querySelector("[data-draft-text]").textContent = text.length > 40 ? text.slice(0, 40) + "…" : text;
    box.querySelector("[data-draft-drop]").addEventListener("click", () => {
      try { localStorage.removeItem(key); } catch (err) { /* private mode */ }
      box.hidden = true;
    });
    box.hidden = false;
  });
})();
