/** The names of provinces and sectors. */

import provinces from "anjeon-provinces";

import { say, spoken } from "./words";

const NAMES = new Map(provinces.features.map(({ properties }) => [properties.code, properties]));

export function provinceName(code: string | null): string {
  const known = NAMES.get(code ?? "");
  if (!known) return code ?? say("unknown");
  return spoken() === "ko" ? known.name : known.name_en;
}

export function sectorName(code: string | null): string {
  if (code === "manufacturing" || code === "construction" || code === "service") return say(code);
  return say("unknown");
}
