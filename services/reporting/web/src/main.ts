/** Puts the page together: words, theme, and the documents as they come. */

import "./style.css";

import { drawMap, drawWeeks } from "./charts";
import type { Figures, Programme, Progress } from "./document";
import { Live, type Status } from "./live";
import { followTheme } from "./theme";
import { showFigures, showSections, showStages } from "./view";
import { day, instant, say, speak, spoken, type Language, type Word } from "./words";

const of = <Kind extends HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;
const asked = new URLSearchParams(location.search).get("programme_id");
const query = asked ? `?programme_id=${encodeURIComponent(asked)}` : "";

let newest: Progress | null = null;
let status: Status = "loading";

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

function showStatus(): void {
  document.body.dataset["status"] = status;
  of("status-text").textContent = say(status === "unknown" ? "lost" : status);
  of("newest").textContent = newest?.newest_fact_at ? say("newest", { time: instant(newest.newest_fact_at) }) : "";
  const trouble = status === "lost" || status === "unknown";
  of("error").hidden = !trouble;
  if (trouble) of("error").textContent = say(status === "unknown" ? "error_unknown" : newest ? "error" : "error_first");
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
    show();
  },
  (now) => {
    status = now;
    showStatus();
  },
).start();
void offerProgrammes().catch(() => undefined);
