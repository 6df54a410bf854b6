/** Puts the page together: words, theme, and the documents as they come. */

import "./style.css";

import { drawMap, drawWeeks } from "./charts";
import type { Figures, Programme, Progress } from "./document";
import { Live } from "./live";
import { followTheme } from "./theme";
import { askFreshness, catchingUp, isSilent, warning, type Standing } from "./trust";
import { showFigures, showSections, showStages } from "./view";
import { day, instant, say, speak, spoken, type Language, type Word } from "./words";

const of = <Kind extends HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;
const asked = new URLSearchParams(location.search).get("programme_id");
const query = asked ? `?programme_id=${encodeURIComponent(asked)}` : "";

let newest: Progress | null = null;
const standing: Standing = { status: "loading", reached: 0, fresh: null, newestFactAt: null };

function translate(): void {
  document.documentElement.lang = spoken();
  for (const element of document.querySelectorAll<HTMLElement>("[data-word]")) element.textContent = say(element.dataset["word"] as Word);
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
    const label = say(element.dataset["label"] as Word);
    element.setAttribute("aria-label", label);
    element.title = label;
  }
  for (const button of document.querySelectorAll<HTMLElement>("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset["language"] === spoken()));
  of<HTMLAnchorElement>("csv").href = `/api/progress.csv?lang=${spoken()}${asked ? `&programme_id=${encodeURIComponent(asked)}` : ""}`;
}

/** Only what differs is written: who hears the page read out is not told the same again. */
function write(id: string, text: string): void {
  if (of(id).textContent !== text) of(id).textContent = text;
}

function showStatus(): void {
  const now = Date.now();
  const status = standing.status === "unknown" || isSilent(standing, now) ? "lost" : standing.status;
  document.body.dataset["status"] = status;
  write("status-text", [say(status), status === "lost" ? "" : catchingUp(standing)].filter(Boolean).join(" · "));
  write("newest", newest?.newest_fact_at ? say("newest", { time: instant(newest.newest_fact_at) }) : "");
  const trouble = warning(standing, now);
  of("error").hidden = !trouble;
  write("error", trouble);
}

function whatIsSynthetic({ registered, synthetic }: Figures): string {
  if (synthetic === registered) return say("synthetic_text");
  return say("partly_synthetic_text", { all: registered, real: registered - synthetic, made_up: synthetic });
}

function show(): void {
  showStatus();
  if (!newest) return;
  const { programme } = newest;
  document.body.dataset["state"] = programme ? "ready" : "empty";
  for (const id of ["synthetic", "footer-synthetic"]) of(id).hidden = !programme?.is_synthetic;
  for (const id of ["synthetic-text", "footer-synthetic"]) of(id).textContent = whatIsSynthetic(newest.nation);
  of("year").textContent = programme
    ? say("year", { year: String(programme.year), from: day(programme.window_from), until: day(programme.window_until) })
    : "";
  showStages(newest);
  showFigures(newest);
  showSections(newest);
  drawWeeks(newest);
  drawMap(newest.provinces);
}

async function offerProgrammes(): Promise<void> {
  const programmes = (await (await fetch("/api/programmes")).json()) as Programme[];
  const choice = of<HTMLSelectElement>("programmes");
  choice.replaceChildren(...programmes.map(({ programme_id, year }) => new Option(String(year), programme_id, false, programme_id === asked)));
  choice.hidden = programmes.length < 2;
  choice.addEventListener("change", () => location.assign(`?programme_id=${encodeURIComponent(choice.value)}`));
}

for (const button of document.querySelectorAll<HTMLElement>("[data-language]"))
  button.addEventListener("click", () => {
    speak(button.dataset["language"] as Language);
    translate();
    show();
  });
followTheme(of("theme"), show);
translate();
showStatus();
// Charts measure their texts, so they are drawn again once the typeface has come.
void document.fonts.load('13px "Pretendard GOV"').then(show);
new Live(
  query,
  (progress) => {
    newest = progress;
    standing.newestFactAt = progress.newest_fact_at;
    show();
  },
  (now) => {
    standing.status = now;
    if (now === "live" || now === "polling") standing.reached = Date.now();
    showStatus();
  },
).start();
void askFreshness((fresh) => {
  standing.fresh = fresh ?? standing.fresh;
  if (fresh) standing.reached = Date.now();
  showStatus();
});
void offerProgrammes().catch(() => undefined);
