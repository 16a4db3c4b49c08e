// Charts only. Data comes from json_script elements; colours from the stylesheet's tokens; nothing inline.
const css = getComputedStyle(document.documentElement);
const token = (name) => css.getPropertyValue("--hm-" + name).trim();
const text = () => ({ color: token("ink-2"), fontSize: 13, fontFamily: css.getPropertyValue("--tblr-font-sans-serif") });
const axis = () => ({
  axisLine: { lineStyle: { color: token("line-2") } },
  axisTick: { show: false },
  axisLabel: text(),
  splitLine: { lineStyle: { color: token("line") } },
});

const strength = { same: 0.22, worse: 0.6, better: 0.42 };
const hue = { same: "line-2", worse: "plum", better: "action" };

// How many pixels the longest of some words takes.
const widest = (words) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${text().fontSize}px ${text().fontFamily}`;
  return Math.ceil(Math.max(...words.map((one) => pen.measureText(one).width)));
};

const makers = {
  sankey: (data) => {
    // On a phone the names stand on the flows: beside them nothing would be left.
    const isNarrow = window.innerWidth < 600;
    const margin = isNarrow ? 6 : 12 + widest(data.nodes.map((node) => node.label));
    const side = (node) => (isNarrow ? (node.side === "left" ? "right" : "left") : node.side);
    return {
      aria: { enabled: true, label: { description: data.description } },
      series: [
        {
          type: "sankey",
          left: margin,
          right: margin,
          top: 8,
          bottom: 8,
          nodeGap: 12,
          nodeWidth: 14,
          draggable: false,
          layoutIterations: 0,
          emphasis: { focus: "adjacency" },
          label: { ...text(), color: token("ink") },
          data: data.nodes.map((node) => ({
            name: node.id,
            depth: node.side === "left" ? 0 : 1,
            itemStyle: { color: token(node.colour) },
            label: { position: side(node), formatter: isNarrow ? node.short : node.label },
          })),
          links: data.links.map(([source, target, value, way]) => ({
            source,
            target,
            value,
            lineStyle: { color: token(hue[way]), opacity: strength[way], curveness: 0.5 },
          })),
        },
      ],
    };
  },
  line: (data) => ({
    aria: { enabled: true, label: { description: data.description } },
    grid: { left: 44, right: data.right || 96, top: 16, bottom: 28 },
    xAxis: { type: "category", data: data.x, boundaryGap: false, ...axis(), splitLine: { show: false } },
    yAxis: { type: "value", min: data.min, max: data.max, interval: data.step, ...axis() },
    series: data.series.map((one) => ({
      type: "line",
      name: one.name,
      data: one.data,
      symbol: one.symbol || "circle",
      symbolSize: 9,
      connectNulls: true,
      lineStyle: { width: 2.5, color: token("ink-2"), type: one.dash ? "dashed" : "solid" },
      itemStyle: { color: token("ink") },
      endLabel: { show: true, formatter: one.end, ...text(), color: token("ink"), fontWeight: 600, distance: 10 },
      markLine: one.limit
        ? {
            silent: true,
            symbol: "none",
            data: [{ yAxis: one.limit }],
            lineStyle: { color: token("orange"), type: "dashed", width: 1.5 },
            label: { formatter: String(one.limit), position: "insideStartTop", ...text(), color: token("orange-ink") },
          }
        : undefined,
    })),
  }),
};

for (const node of document.querySelectorAll("[data-chart]")) {
  const data = JSON.parse(document.getElementById(node.dataset.chart).textContent);
  const chart = window.echarts.init(node, null, { renderer: "canvas" });
  chart.setOption({ animation: false, textStyle: text(), tooltip: { renderMode: "richText" }, ...makers[data.kind](data) });
  window.addEventListener("resize", () => chart.resize());
}
