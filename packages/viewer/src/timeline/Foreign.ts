/** Text that others wrote, for a canvas or a tooltip: what cannot be seen, or turns the text around, is spelt out. */

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const longest = 200

export const foreign = (text: string): string => {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return short.replace(unseen, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}
