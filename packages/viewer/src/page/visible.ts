/**
 * Text out of a ledger, made harmless to read: whatever steers a terminal or turns the direction of writing is shown as
 * an escape, so that nothing hides and nothing moves its neighbours.
 */

/** Controls, formats, separators, half pairs, what no font draws, and what is not assigned. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

const short: { readonly [char: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

export const visible = (text: string): string => text.replace(unseen, escaped)

const escaped = (char: string): string =>
  short[char] ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}}`

/** The beginning of a long text, not cut within a character; undefined if all of it is short enough. */
export const beginning = (text: string, most: number): string | undefined => {
  if (text.length <= most) return undefined
  const isCut = /[\uD800-\uDBFF]/.test(text.charAt(most - 1))
  return text.slice(0, isCut ? most - 1 : most)
}
