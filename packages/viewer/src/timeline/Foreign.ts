/** Text that others wrote, for a canvas, a tooltip or a name: short, and with nothing unseen in it. */
import { beginning, visible } from "../page/visible.ts"

const longest = 120

export const foreign = (text: string): string => {
  const short = beginning(text, longest)
  return short === undefined ? visible(text) : `${visible(short)}…`
}
