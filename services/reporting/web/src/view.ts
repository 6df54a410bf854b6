/** Writes a document into the page: numbers, bars and tables. */

import type { Figures, Part, Progress } from "./document";
import { meaning, meanings } from "./meanings";
import { provinceName, sectorName } from "./places";
import { count, day, percent, say, type Word } from "./words";

const of = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

type Child = Node | string;

function make(tag: string, attributes: Record<string, string>, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A bar of two shares; for the eye only, the numbers stand beside it. Styles are set as properties, which the page's policy allows. */
function bar(dark: number, light = dark): HTMLElement {
  const within = (share: number) => `${Math.min(100, Math.max(0, share * 100)).toFixed(2)}%`;
  const track = make("span", { class: "bar", "aria-hidden": "true" }, make("i", { class: "light" }), make("i", { class: "dark" }));
  (track.firstChild as HTMLElement).style.width = within(light);
  (track.lastChild as HTMLElement).style.width = within(dark);
  return track;
}

const ratio = (part: number, whole: number): number => (whole ? part / whole : 0);

export function showFigures(progress: Progress): void {
  const { nation, programme } = progress;
  of("share").textContent = percent(progress.share);
  of("share-of").textContent = programme
    ? say("share_of", { target: programme.target_enterprises, reached: nation.reached, visits: programme.minimum_visits })
    : "";
  of("steps").replaceChildren(...steps(nation));
  of("numbers").replaceChildren(...numbers(nation));
  of("people").replaceChildren(...people(progress));
  of("sectors").replaceChildren(...sectorsInOrder(progress.sectors).map(sector));
  of("provinces").replaceChildren(...provinceTable(progress.provinces));
  of("weeks-table").replaceChildren(...weekTable(progress));
  of("meanings").replaceChildren(...meanings().map(([word, text]) => make("div", {}, make("dt", {}, say(word)), make("dd", {}, text))));
}

/** A drawing or a table of nothing would say more than is known. */
export function showSections(progress: Progress): void {
  const { provinces, nation } = progress;
  of("weeks-card").hidden = nation.visits_waiting + nation.visits_completed + nation.visits_missed === 0;
  for (const id of ["provinces-card", "sectors-card"]) of(id).hidden = provinces.length === 0;
}

function steps(nation: Figures): HTMLElement[] {
  const names = ["registered", "targeted", "scheduled", "visited_once", "visited_twice"] as const;
  return names.map((name) =>
    make("div", { class: `step ${name}` }, make("dt", meant(name), say(name)), make("dd", {}, make("b", {}, count(nation[name])), bar(ratio(nation[name], nation.registered)))),
  );
}

function numbers(nation: Figures): HTMLElement[] {
  const card = (word: Word, value: number, note: string, kind = "") =>
    make("div", { class: `card number ${kind}` }, make("dt", {}, say(word)), make("dd", {}, make("b", {}, count(value)), make("small", {}, note)));
  return [
    card("twice", nation.visited_twice, say("twice_note", { share: percent(ratio(nation.visited_twice, nation.targeted)) })),
    card("visits", nation.visits_completed, say("visits_note", { waiting: nation.visits_waiting, missed: nation.visits_missed })),
    card("hazards", nation.hazards_removed, say("hazards_note", { found: nation.hazards_found, share: percent(ratio(nation.hazards_removed, nation.hazards_found), 0) })),
    card("waiting_risk", nation.high_risk_waiting, say("waiting_risk_note", { all: nation.high_risk, left: nation.high_risk_left }), nation.high_risk_waiting ? "risk" : ""),
  ];
}

function people(progress: Progress): HTMLElement[] {
  const { agencies, nation } = progress;
  const rows: [Word, number][] = [
    ["applied", agencies.applied], ["qualified", agencies.qualified], ["rejected", agencies.rejected],
    ["suspended", agencies.suspended], ["managers", progress.managers_trained], ["departed", progress.managers_left],
    ["closed", nation.closed], ["ineligible", nation.ineligible],
  ];
  return rows.map(([word, value]) => make("div", {}, make("dt", {}, say(word)), make("dd", {}, count(value))));
}

const meant = (word: Word): Record<string, string> => (meaning(word) ? { title: meaning(word) } : {});

/** What is shown of every part of the country and of the economy. */
const AMOUNTS = [
  ["targeted", "targeted"], ["scheduled_short", "scheduled"], ["once_short", "visited_once"], ["twice_short", "visited_twice"],
] as const satisfies [Word, keyof Figures][];

/** In the order in which the programme names them. */
function sectorsInOrder(parts: Part[]): Part[] {
  const order = ["manufacturing", "construction", "service"];
  const place = (part: Part) => (part.code ? order.indexOf(part.code) : order.length);
  return parts.filter((part) => part.code || part.figures.targeted).sort((one, other) => place(one) - place(other));
}

function sector(part: Part): HTMLElement {
  const { targeted, visited_once: once } = part.figures;
  return make(
    "div",
    { class: "sector" },
    make("h3", {}, sectorName(part.code), make("b", {}, percent(part.share))),
    bar(part.share ?? 0, ratio(once, targeted)),
    make("dl", { class: "amounts" }, ...AMOUNTS.map(([word, name]) => make("div", {}, make("dt", meant(word), say(word)), make("dd", {}, count(part.figures[name]))))),
  );
}

type Heading = readonly [text: string, kind: string, means: Record<string, string>];
const heading = (word: Word, kind = ""): Heading => [say(word), kind, meant(word)];

function table(headings: Heading[], rows: Child[][]): HTMLElement[] {
  const head = headings.map(([text, kind, means]) => make("th", { scope: "col", class: kind, ...means }, text));
  const body = rows.map((cells) =>
    make("tr", {}, ...cells.map((cell, n) => make(n ? "td" : "th", { ...(n ? {} : { scope: "row" }), class: headings[n]?.[1] ?? "" }, cell))),
  );
  return [make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)];
}

function provinceTable(parts: Part[]): HTMLElement[] {
  const share = (part: Part) => {
    const cell = make("span", { class: "share-cell" }, bar(part.share ?? 0, ratio(part.figures.visited_once, part.figures.targeted)));
    cell.append(make("b", {}, percent(part.share)));
    return cell;
  };
  const shown = parts.filter((part) => part.code || part.figures.targeted);
  return table(
    [heading("province"), heading("share_short", "wide"), ...AMOUNTS.map(([word]) => heading(word, "amount"))],
    shown.map((part) => [provinceName(part.code), share(part), ...AMOUNTS.map(([, name]) => count(part.figures[name]))]),
  );
}

function weekTable(progress: Progress): HTMLElement[] {
  const enough = say("line_enough", { visits: progress.programme?.minimum_visits ?? 2 });
  const amounts = (["completed", "planned", "missed", "line_once"] as const).map((word) => heading(word, "amount"));
  return table(
    [heading("week"), heading("begins_on"), ...amounts, [enough, "amount", {}]],
    progress.weeks.map((week) => [
      week.week, day(week.begins_on), count(week.completed), count(week.waiting), count(week.missed), percent(week.share_visited_once), percent(week.share),
    ]),
  );
}

export function showStages(progress: Progress): void {
  const { agencies, nation } = progress;
  const stages: [Word, boolean][] = [
    ["stage_programme", progress.programme !== null],
    ["stage_agencies", agencies.qualified > 0],
    ["stage_managers", progress.managers_trained > 0],
    ["stage_enterprises", nation.registered > 0],
    ["stage_decisions", nation.eligible + nation.ineligible > 0],
    ["stage_plan", progress.plan !== null],
    ["stage_visits", nation.visits_completed > 0],
  ];
  of("stages").replaceChildren(
    ...stages.map(([word, has]) => make("li", { class: has ? "arrived" : "" }, make("span", {}, say(word)), make("em", {}, say(has ? "arrived" : "awaiting")))),
  );
  of("awaited").hidden = nation.visits_completed > 0;
}
