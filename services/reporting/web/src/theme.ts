/** Light or dark: as the system has it, unless the reader chose; and the colours of the moment, for charts. */

import { remember, remembered } from "./words";

const REMEMBERED = "anjeon.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = (): boolean => (remembered(REMEMBERED) ?? (system.matches ? "dark" : "light")) === "dark";

function apply(): void {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
}

export function followTheme(button: HTMLElement, changed: () => void): void {
  apply();
  button.addEventListener("click", () => {
    remember(REMEMBERED, isDark() ? "light" : "dark");
    apply();
    changed();
  });
  system.addEventListener("change", () => {
    apply();
    changed();
  });
}

export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
