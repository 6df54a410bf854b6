/** When the figures must not be taken for the newest: what the page says then, and since when. */

import type { Status } from "./live";
import { instant, say } from "./words";

export interface Freshness {
  unheard: number | null;
  is_cut_off: boolean;
}

export interface Standing {
  status: Status;
  /** When the server was last heard of, in milliseconds; 0 before it ever was. */
  reached: number;
  fresh: Freshness | null;
  newestFactAt: string | null;
}

// A connection can be dead without anybody noticing: three questions without an answer are one too many.
const SILENT_MS = 16_000;

export const isSilent = ({ status, reached }: Standing, now: number): boolean =>
  status === "lost" || (reached > 0 && now - reached > SILENT_MS);

export function warning(standing: Standing, now: number): string {
  const { status, reached, fresh, newestFactAt } = standing;
  if (status === "unknown") return say("error_unknown");
  if (isSilent(standing, now)) return reached ? say("error", { time: instant(reached) }) : say("error_first");
  if (!fresh?.is_cut_off) return "";
  return newestFactAt ? say("cut_off", { time: instant(newestFactAt) }) : say("cut_off_first");
}

export const catchingUp = ({ fresh }: Standing): string => (fresh?.unheard ? say("catching_up", { unheard: fresh.unheard }) : "");

const ASK_MS = 5_000;

/** Asks how far behind the figures are, as long as the page is open, beside the stream and in its place. */
export async function askFreshness(heard: (fresh: Freshness | null) => void): Promise<void> {
  try {
    const answer = await fetch("/api/freshness", { signal: AbortSignal.timeout(ASK_MS) });
    if (answer.ok) heard((await answer.json()) as Freshness);
    else heard(null);
  } catch {
    heard(null);
  }
  setTimeout(() => void askFreshness(heard), ASK_MS);
}
