/* Draws every [data-chart] from its JSON neighbour: bars or lines, labels at the data, accent for what the sentence
   speaks of and grey for the rest. Text tooltips only: the HTML ones need inline styles, which the CSP refuses. */
"use strict";
(function () {
  if (!window.echarts) { return; }
  const INK = "#1d2733", MUTED = "#5b6672", LINE = "#e3e7eb", ACCENT = "#0f766e", GREY = "#b6bfc7", BAD = "#b91c1c", TODO = "#b45309";
  const colour = { accent: ACCENT, grey: GREY, bad: BAD, todo: TODO };
  const face = getComputedStyle(document.body).fontFamily;
  const mounted = [];
  function option(d, wide) {
    const flat = d.kind === "bar-h";
    const line = d.kind === "line";
    const names = { type: "category", data: d.names, inverse: flat, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: INK, fontSize: 13, interval: flat ? 0 : "auto", hideOverlap: true } };
    const values = { type: "value", splitLine: { show: line, lineStyle: { color: LINE } }, axisLabel: { show: line, color: MUTED, fontSize: 12 }, min: d.min, max: d.max };
    const hot = new Set(d.highlight || []);
    return {
      animation: false, textStyle: { fontFamily: face, color: INK },
      grid: { left: 4, right: flat ? 60 : line ? 90 : 12, top: 26, bottom: flat ? 6 : 4, containLabel: true },
      tooltip: { renderMode: "richText", trigger: "axis", axisPointer: { type: line ? "line" : "shadow", lineStyle: { color: GREY }, shadowStyle: { color: "rgba(15,118,110,.06)" } }, backgroundColor: "#fff", borderColor: LINE, textStyle: { color: INK, fontSize: 13 } },
      xAxis: flat ? values : names, yAxis: flat ? names : values,
      series: (d.series || []).map((s, i) => {
        const main = s.colour ? colour[s.colour] : (i === 0 && !hot.size ? ACCENT : GREY);
        const out = { name: s.name, type: line ? "line" : "bar", data: s.values.map((v, at) => (hot.size && !line ? { value: v, itemStyle: { color: hot.has(d.names[at]) ? ACCENT : GREY } } : v)),
          itemStyle: { color: main }, lineStyle: { color: main, width: i === 0 ? 2.5 : 1.5 }, symbol: "circle", symbolSize: 5, showSymbol: s.values.length < 16, stack: d.stack ? "all" : undefined, barMaxWidth: 26, connectNulls: false };
        if (line) { out.endLabel = { show: true, formatter: s.name, color: main === GREY ? MUTED : main, fontSize: 13 }; }
        else if (!d.stack) { out.label = { show: s.values.length <= 24, position: flat ? "right" : "top", color: INK, fontSize: 12, formatter: (p) => (p.value === null || p.value === undefined ? "无数据" : p.value + (s.unit && flat ? " " + s.unit : "")) }; }
        if (d.target !== undefined && d.target !== null && i === 0) {
          const at = flat ? { xAxis: d.target } : { yAxis: d.target };
          out.markLine = { silent: true, symbol: "none", data: [at], lineStyle: { color: TODO, type: "dashed", width: 1.5 }, label: { show: true, formatter: d.target_label || "目标 " + d.target, color: TODO, fontSize: 12, position: flat ? "start" : "insideEndTop" } };
        }
        return out;
      }),
    };
  }
  document.querySelectorAll("[data-chart]").forEach((box) => {
    const source = document.getElementById(box.dataset.chart);
    if (!source) { return; }
    const data = JSON.parse(source.textContent);
    box.hidden = false;
    const table = box.parentElement.querySelector("[data-chart-table]");
    if (table) { table.open = false; }
    const chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option(data, box.clientWidth > 600));
    const svg = box.querySelector("svg");
    if (svg) { svg.setAttribute("viewBox", "0 0 " + box.clientWidth + " " + box.clientHeight); svg.setAttribute("role", "img"); svg.setAttribute("aria-label", box.parentElement.querySelector("figcaption").textContent); }
    mounted.push(chart);
  });
  /* The view box lets paper scale the drawing; on the screen it follows the size. */
  window.addEventListener("resize", () => mounted.forEach((c) => {
    c.resize();
    const drawn = c.getDom().querySelector("svg");
    if (drawn) { drawn.setAttribute("viewBox", "0 0 " + c.getWidth() + " " + c.getHeight()); }
  }));
})();
