import { describe, expect, it } from "vitest"
import { beginning, visible } from "@daybook/viewer/page/visible"

describe("text out of a ledger", () => {
  it("that is harmless stays as it is", () => {
    const text = `fp_Ab-9 <b>&amp; "naïve" 日本語 😀 שלום`
    expect(visible(text)).toBe(text)
  })

  it.each([
    ["the direction of writing", "a\u202Eb\u2066c\u200Fd\u061Ce", "a\\u{202E}b\\u{2066}c\\u{200F}d\\u{061C}e"],
    ["a terminal", "\u001B[31m\u0007\u009B\u007F", "\\u{001B}[31m\\u{0007}\\u{009B}\\u{007F}"],
    ["lines", "a\nb\r\tc\u2028d\u2029", "a\\nb\\r\\tc\\u{2028}d\\u{2029}"],
    [
      "words that nobody sees",
      "ma\u200Bin\u00AD\uFEFF\u3164\u{E0041}",
      "ma\\u{200B}in\\u{00AD}\\u{FEFF}\\u{3164}\\u{E0041}"
    ],
    ["half a character", "\uD83D.", "\\u{D83D}."]
  ])("shows what steers %s", (_, text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  it("is all there, or begins with what fits", () => {
    expect(beginning("abc", 3)).toBeUndefined()
    expect(beginning("abcd", 3)).toBe("abc")
  })

  it("is not cut within a character", () => {
    expect(beginning("ab😀d", 3)).toBe("ab")
    expect(beginning("ab😀d", 4)).toBe("ab😀")
  })
})
