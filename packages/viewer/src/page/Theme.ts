/** Light, dark, or as the system has it; kept where the browser lets it be kept. */
import { effect, signal } from "@preact/signals"

export const themes = ["auto", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const key = "daybook.theme"

const kept = (): Theme => {
  try {
    return themes.find((name) => name === localStorage.getItem(key)) ?? "auto"
  } catch {
    return "auto"
  }
}

const keep = (theme: Theme): void => {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // A page from disk, or a private window.
  }
}

export const theme = signal<Theme>(kept())

/** The style sheet reads `data-theme`. */
export const applyTheme = (): void => {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
    keep(theme.value)
  })
}
