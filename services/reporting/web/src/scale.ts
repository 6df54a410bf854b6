/** How the drawings' numbers become steps: of the two axes, and of the map's colours. */

import type { Week } from "./document";

/** Five steps for both axes, so that their lines are the same; whatever was reached is inside, also beyond the target. */
export function scaleOf(weeks: Week[]): { visits: number; share: number; highest: number } {
  const highest = Math.max(1, ...weeks.map((week) => Math.max(week.share, week.share_visited_once)));
  const busiest = Math.max(4, ...weeks.map((week) => week.completed + week.waiting + week.missed));
  const power = 10 ** Math.floor(Math.log10(busiest / 4));
  const visits = power * ([1, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => Number.isInteger(step * power) && step * power * 4 >= busiest) ?? 10);
  return { visits, share: 0.25 * Math.ceil(highest / 1.25), highest };
}

/** Five equal steps that the shares lie in: provinces that go at nearly one pace are told apart all the same. */
export function stepsBetween(shares: number[]): { from: number; until: number }[] {
  const lowest = Math.min(95, Math.floor(Math.min(100, ...shares) / 5) * 5);
  const width = Math.max(1, Math.ceil((Math.max(0, ...shares) - lowest) / 5));
  return [0, 1, 2, 3, 4].map((n) => ({ from: lowest + n * width, until: lowest + (n + 1) * width }));
}
