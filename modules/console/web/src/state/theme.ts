import { Cell } from "./cell";

export type Theme = "system" | "light" | "dark";

const place_of_theme = "orderflow.theme";

function kept(): Theme {
  const text = localStorage.getItem(place_of_theme);
  return text === "light" || text === "dark" ? text : "system";
}

export const theme = new Cell<Theme>(kept());

export function use_theme(next: Theme): void {
  if (next === "system") localStorage.removeItem(place_of_theme);
  else localStorage.setItem(place_of_theme, next);
  apply(next);
  theme.set(next);
}

function apply(wanted: Theme): void {
  document.documentElement.style.colorScheme = wanted === "system" ? "light dark" : wanted;
}

apply(theme.get());
