/** How a credential stands, as a word with a glyph of its own: no colour has to be seen. */
import type { BandWord } from "../Picture.ts"

const glyphs: { readonly [word in BandWord]: string } = {
  ok: "●",
  refreshing: "↻",
  suspect: "?",
  cooling: "◔",
  dead: "✕",
  paused: "‖"
}

export const Word = ({ word }: { readonly word: BandWord }) => (
  <span class={`word ${word}`}>
    <span class="glyph" aria-hidden="true">
      {glyphs[word]}
    </span>
    {word}
  </span>
)
