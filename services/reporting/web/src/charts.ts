/** The two drawings: weeks with their cumulative shares, and the map. Both are SVG, so that they print. */

import provinces from "anjeon-provinces";
import { BarChart, LineChart, MapChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, registerMap, use, type ECharts } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import type { Part, Progress, Week } from "./document";
import { provinceName } from "./places";
import { scaleOf, stepsBetween } from "./scale";
import { colour } from "./theme";
import { count, day, percent, say } from "./words";

use([BarChart, LineChart, MapChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);
registerMap("provinces", provinces as never);

// By name: text is measured outside the page, where nothing is inherited.
const FONT = '"Pretendard GOV", "Noto Sans KR", sans-serif';
const drawn = new Map<string, ECharts>();
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Where to draw; nowhere while the reader cannot see it, for a hidden element has no size. */
function chart(id: string): ECharts | null {
  if (!(document.getElementById(id) as HTMLElement).offsetWidth) return null;
  const known = drawn.get(id);
  if (known) {
    known.resize();
    return known;
  }
  const element = document.getElementById(id) as HTMLElement;
  const made = init(element, undefined, { renderer: "svg" });
  new ResizeObserver(() => made.resize()).observe(element);
  drawn.set(id, made);
  return made;
}

const text = () => ({ fontFamily: FONT, color: colour("text-subtle"), fontSize: 13 });
const bubble = () => ({
  backgroundColor: colour("surface"),
  borderColor: colour("border"),
  textStyle: { color: colour("text"), fontFamily: FONT, fontSize: 14 },
});

export function drawWeeks(progress: Progress): void {
  const weeks = progress.weeks;
  const lastDone = weeks.findLastIndex((week) => week.completed > 0);
  const enough = say("line_enough", { visits: progress.programme?.minimum_visits ?? 2 });
  const bar = (name: string, of: (week: Week) => number, fill: string) =>
    ({ type: "bar", stack: "visits", name, data: weeks.map(of), itemStyle: { color: colour(fill) }, barCategoryGap: "28%" }) as const;
  const line = (name: string, of: (week: Week) => number, stroke: string, dash: "solid" | "dashed") =>
    ({
      type: "line", yAxisIndex: 1, name, data: weeks.map((week, n) => (n <= lastDone ? of(week) : null)), showSymbol: false, smooth: 0.2, z: 5,
      color: colour(stroke), lineStyle: { color: colour(stroke), width: 3, type: dash },
    }) as const;
  const canvas = chart("weeks");
  const scale = scaleOf(weeks);
  canvas?.setOption(
    {
      animation: !STILL,
      animationDuration: 400,
      textStyle: text(),
      grid: { left: 8, right: 8, top: (canvas?.getWidth() ?? 0) < 480 ? 104 : 52, bottom: 4, containLabel: true },
      legend: { data: legend(enough), top: 0, left: 0, itemGap: 20, itemWidth: 18, textStyle: { ...text(), color: colour("text") } },
      tooltip: { trigger: "axis", ...bubble(), formatter: (shown: unknown) => tip(shown as { dataIndex: number }[], weeks, enough) },
      xAxis: {
        type: "category",
        data: weeks.map((week) => week.begins_on),
        axisLine: { lineStyle: { color: colour("border-strong") } },
        axisTick: { show: false },
        axisLabel: { ...text(), hideOverlap: true, formatter: (on: string) => `${Number(on.slice(5, 7))}/${Number(on.slice(8))}` },
      },
      yAxis: [
        { type: "value", min: 0, max: 5 * scale.visits, interval: scale.visits, splitLine: { lineStyle: { color: colour("border") } }, axisLabel: { ...text(), formatter: (n: number) => count(n) } },
        { type: "value", min: 0, max: 5 * scale.share, interval: scale.share, splitLine: { show: false }, axisLabel: { ...text(), formatter: (n: number) => (n > scale.highest ? "" : percent(n, 0)) } },
      ],
      series: [
        bar(say("completed"), (week) => week.completed, "fill"),
        bar(say("planned"), (week) => week.waiting, "fill-planned"),
        bar(say("missed"), (week) => week.missed, "fill-missed"),
        line(say("line_once"), (week) => week.share_visited_once, "line-once", "dashed"),
        {
          ...line(enough, (week) => week.share, "line-enough", "solid"),
          markLine: {
            silent: true, symbol: "none", data: [{ yAxis: 1 }],
            lineStyle: { color: colour("text-subtle"), type: "dotted", width: 2 },
            label: { position: "insideStartTop", formatter: `${say("target")} 100%`, color: colour("text-subtle"), fontFamily: FONT },
          },
        },
      ],
    },
    { notMerge: true },
  );
}

/** Bars as squares, lines as dashes as long as their text needs. */
const legend = (enough: string) => [
  ...["completed", "planned", "missed"].map((word) => ({ name: say(word as "completed"), icon: "roundRect" })),
  ...[say("line_once"), enough].map((name) => ({ name, icon: "path://M0 4h18v3H0z" })),
];

function tip(shown: { dataIndex: number }[], weeks: Week[], enough: string): string {
  const week = weeks[shown[0]?.dataIndex ?? 0];
  if (!week) return "";
  const rows: [string, string][] = [
    [say("completed"), count(week.completed)],
    [say("planned"), count(week.waiting)],
    [say("missed"), count(week.missed)],
    [say("line_once"), percent(week.share_visited_once)],
    [enough, percent(week.share)],
  ];
  const lines = rows.map(([name, value]) => `<tr><td>${name}</td><td class="amount">${value}</td></tr>`);
  return `<b>${week.week}</b> · ${day(week.begins_on)}<table class="tip">${lines.join("")}</table>`;
}

export function drawMap(parts: Part[]): void {
  const known = new Map(parts.map((part) => [part.code, part]));
  const steps = stepsBetween(parts.flatMap((part) => (part.code && part.share !== null ? [part.share * 100] : [])));
  chart("map")?.setOption(
    {
      animation: false,
      textStyle: text(),
      tooltip: {
        ...bubble(),
        formatter: ({ name }: { name: string }) => {
          const part = known.get(name);
          return `<b>${provinceName(name)}</b><br>${percent(part?.share ?? null)} · ${count(part?.figures.reached ?? 0)} / ${count(part?.figures.targeted ?? 0)}`;
        },
      },
      visualMap: {
        type: "piecewise", left: 0, bottom: 0, itemWidth: 16, itemHeight: 16, itemGap: 4, textStyle: text(),
        pieces: steps.map(({ from, until }, n) => ({
          gte: from / 100, ...(n < 4 ? { lt: until / 100 } : {}), color: colour(`step-${n + 1}`), label: `${from}–${until}%`,
        })),
      },
      series: [
        {
          type: "map", map: "provinces", nameProperty: "code", aspectScale: 0.8, top: 8, bottom: 8, left: 40, right: 8, selectedMode: false,
          itemStyle: { borderColor: colour("surface"), borderWidth: 1, areaColor: colour("track") },
          emphasis: { label: { show: false }, itemStyle: { areaColor: colour("line-once") } },
          label: { show: false },
          data: parts.flatMap(({ code, share }) => (code && share !== null ? [{ name: code, value: share }] : [])),
        },
      ],
    } as never,
    { notMerge: true },
  );
}
