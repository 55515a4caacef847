/** The summary word of a credential, in its colour. */
import type { SummaryWord } from "@daybook/pool/queries/Status"
import type { Paint, Tone } from "./Paint.ts"

const tones: Record<SummaryWord, Tone> = {
  ok: "good",
  cooling: "waiting",
  suspect: "waiting",
  dead: "bad",
  paused: "faint"
}

export const paintWord = (word: SummaryWord, paint: Paint): string => paint(tones[word], word)
