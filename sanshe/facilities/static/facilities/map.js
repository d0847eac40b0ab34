/* Draws [data-map] from its JSON: borders, circles of reach, places, facilities, candidate sites. With `pick`, a click
   fills in latitude and longitude. Circles only, so that no picture is needed; all text is set as text. */
"use strict";
(function () {
  if (!window.L) { return; }
  document.querySelectorAll("[data-map]").forEach((box) => {
    const source = document.getElementById(box.dataset.map);
    if (!source) { return; }
    const d = JSON.parse(source.textContent);
    box.hidden = false;
    const key = document.querySelector("[data-map-key]");
    if (key) { key.hidden = false; }
    const map = L.map(box, { zoomControl: false, scrollWheelZoom: false, attributionControl: Boolean(d.tiles && d.tiles.url) });
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    if (map.attributionControl) { map.attributionControl.setPrefix(""); }
    L.control.scale({ imperial: false }).addTo(map);
    if (d.tiles && d.tiles.url) { L.tileLayer(d.tiles.url, { maxZoom: 19, attribution: text(d.tiles.by).innerHTML }).addTo(map); }
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());

    function text(words) { const p = document.createElement("p"); p.textContent = words; return p; }
    function said(title, lines, url) {
      const out = document.createElement("div");
      const head = document.createElement(url ? "a" : "strong");
      head.textContent = title;
      if (url) { head.href = url; }
      out.append(head, ...lines.filter(Boolean).map(text));
      return out;
    }
    const all = [], circles = [], marks = [];
    (d.borders || []).forEach((b) => {
      const shape = L.geoJSON({ type: "Feature", geometry: b.geometry, properties: {} }, { interactive: false, style: { color: "#5b6672", weight: 1.5, dashArray: "5 4", fillColor: "#e6f2f0", fillOpacity: 0.25 } });
      shape.addTo(map);
      all.push(shape.getBounds());
    });
    function dot(at, radius, style, content, label) {
      const mark = L.circleMarker(at, { radius, weight: 2, fillOpacity: 1, ...style });
      marks.push(mark);
      mark.bindPopup(content);
      if (label) { mark.bindTooltip(label, { direction: "top", offset: [0, -radius] }); }
      all.push(L.latLngBounds([at, at]));
    }
    function circle(at, colour) {
      if (!d.metres) { return; }
      // A circle knows its bounds only once the map shows something, so they are reckoned here.
      all.push(L.latLng(at).toBounds(2 * d.metres));
      circles.push(L.circle(at, { radius: d.metres, color: colour, weight: 1, fillColor: colour, fillOpacity: 0.07, interactive: false }));
    }
    (d.facilities || []).forEach((f) => { if (f.counts) { circle(f.at, "#0f766e"); } });
    (d.sites || []).forEach((s) => { if (s.chosen) { circle(s.at, "#1d4ed8"); } });
    (d.places || []).forEach((p) => dot(p.at, 5, { color: "#3f4a55", fillColor: "#5b6672" }, said(p.name, [p.area, p.households === null ? "" : p.households + " 户"]), p.name));
    (d.sites || []).forEach((s) => dot(s.at, s.chosen ? 9 : 6, s.chosen ? { color: "#1e3a8a", fillColor: "#1d4ed8" } : { color: "#1d4ed8", fillColor: "#ffffff" }, said(s.name, [s.chosen ? "建议的地点" : "候选地点", s.area]), (s.chosen ? "建议：" : "候选：") + s.name));
    (d.facilities || []).forEach((f) => dot(f.at, 8, f.counts ? { color: "#0b5c56", fillColor: "#0f766e" } : { color: "#b45309", fillColor: "#ffffff" }, said(f.name, [f.kind + "，" + f.state, f.hours, f.area], f.url), f.name));
    if (all.length) {
      const bounds = all.reduce((sum, b) => sum.extend(b), L.latLngBounds(all[0].getSouthWest(), all[0].getNorthEast()));
      map.fitBounds(bounds.pad(0.05), { maxZoom: 16, animate: false });
    } else { map.setView([29.65, 106.55], 11); }
    circles.concat(marks).forEach((shape) => shape.addTo(map));
    if (!d.pick) { return; }
    const lat = document.querySelector("[name=lat]"), lng = document.querySelector("[name=lng]");
    let mark = null;
    function put(at, moved) {
      if (!mark) { mark = L.circleMarker(at, { radius: 9, weight: 3, color: "#b91c1c", fillColor: "#ffffff", fillOpacity: 0.8 }).addTo(map); }
      mark.setLatLng(at);
      if (moved) { lat.value = at.lat.toFixed(6); lng.value = at.lng.toFixed(6); lat.dispatchEvent(new Event("input", { bubbles: true })); lng.dispatchEvent(new Event("input", { bubbles: true })); }
    }
    map.on("click", (event) => put(event.latlng, true));
    function typed() { const a = parseFloat(lat.value), b = parseFloat(lng.value); if (Math.abs(a) <= 90 && Math.abs(b) <= 180) { put(L.latLng(a, b), false); } }
    lat.addEventListener("change", typed);
    lng.addEventListener("change", typed);
    typed();
  });
})();
