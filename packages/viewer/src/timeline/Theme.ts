/**
 * The colours of the page, for the canvas. They are written in the style sheet, for light, dark and forced colours; a
 * canvas does not understand `light-dark()`, so an element is asked what became of it. Read once for each theme.
 */
import { type Signal, signal } from "@preact/signals"
import { type BandWord, bandWords, type MarkKind, markKinds } from "../Picture.ts"

export interface Theme {
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly surface: string
  readonly raised: string
  readonly accent: string
  readonly bands: Readonly<Record<BandWord, string>>
  /** Of their patterns and glyphs. */
  readonly inks: Readonly<Record<BandWord, string>>
  readonly marks: Readonly<Record<MarkKind, string>>
  readonly isForced: boolean
}

const readTheme = (probe: HTMLElement): Theme => {
  const colour = (name: string): string => {
    probe.style.color = `var(--timeline-${name})`
    return getComputedStyle(probe).color
  }
  const each = <Name extends string>(names: ReadonlyArray<Name>, kind: string) =>
    Object.fromEntries(names.map((name) => [name, colour(`${kind}-${name}`)])) as Record<Name, string>
  return {
    text: colour("text"),
    faint: colour("faint"),
    line: colour("line"),
    surface: colour("surface"),
    raised: colour("raised"),
    accent: colour("accent"),
    bands: each(bandWords, "band"),
    inks: each(bandWords, "ink"),
    marks: each(markKinds, "mark"),
    isForced: matchMedia("(forced-colors: active)").matches
  }
}

/** Follows the system and the page: a change of the root's attributes may be another theme. */
export const watchTheme = (probe: HTMLElement): { readonly theme: Signal<Theme>; readonly end: () => void } => {
  const theme = signal(readTheme(probe))
  const read = () => (theme.value = readTheme(probe))
  const media = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"].map(matchMedia)
  const observer = new MutationObserver(read)
  observer.observe(document.documentElement, { attributes: true })
  observer.observe(document.body, { attributes: true })
  for (const query of media) query.addEventListener("change", read)
  const end = () => {
    observer.disconnect()
    for (const query of media) query.removeEventListener("change", read)
  }
  return { theme, end }
}
