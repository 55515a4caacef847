/**
 * What a text says of people and machines: names that are known, addresses, paths, and ids of accounts. It goes, wherever it
 * stands and however it is spelled; rather a word too many than a name.
 */

/** Names, each with the word that takes its place. */
export class KnownNames {
  readonly #words = new Map<string, string>()
  #pattern: RegExp | undefined

  add(name: string, word: string): void {
    const key = name.toLowerCase()
    if (key === "" || this.#words.has(key)) return
    this.#words.set(key, word)
    this.#pattern = undefined
  }

  /** Within a longer word a name is none of ours: a machine may be called `a`. */
  replaceIn(text: string): string {
    if (this.#words.size === 0) return text
    this.#pattern ??= patternOf(Array.from(this.#words.keys()))
    return text.replace(this.#pattern, (name) => this.#words.get(name.toLowerCase()) ?? name)
  }
}

/** The longest first: one may begin with another. */
const patternOf = (names: ReadonlyArray<string>): RegExp => {
  const sorted = names.toSorted((a, b) => b.length - a.length).map(escaped)
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${sorted.join("|")})(?![\\p{L}\\p{N}])`, "giu")
}

const escaped = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")

export const withoutPrivateParts = (text: string): string =>
  parts.reduce((left, [pattern, word]) => left.replace(pattern, word), text)

/** Applied in order. */
const parts: ReadonlyArray<readonly [RegExp, string]> = [
  // With `@` in another form too, and with a name in quotation marks.
  [/(?:"[^"]*"|[^\s@<>"'(),;:=]+)(?:@|＠|%40)[^\s@<>"'(),;:]+/gi, "[address]"],
  [/[\w.+-]+\s?[[(]at[\])]\s?[\w.-]+/gi, "[address]"],
  [/\bfile:\/\/[^\s"'<>]*/gi, "[path]"],
  [/\\\\[^\s\\"'<>]+\\[^\s"'<>]*/g, "[path]"],
  [/(?<![\p{L}\p{N}])[A-Za-z]:[\\/][^\s"'<>]*/gu, "[path]"],
  [/(?<![\p{L}\p{N}/.])~[\w.-]*[\\/][^\s"'<>]*/gu, "[path]"],
  [/(?<![\p{L}\p{N}/.])\/(?!v\d)[\p{L}\p{N}._-]+\/[^\s"'<>]*/gu, "[path]"],
  [/(?<![\p{L}\p{N}.])\d{1,3}(?:\.\d{1,3}){3}(?![\p{L}\p{N}.]\d)/gu, "[ip]"],
  [/(?<![\p{L}\p{N}:])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){5})[0-9a-f:]{3,}(?![\p{L}\p{N}:])/giu, "[ip]"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "[id]"],
  [/\b(?:org|user|proj|acct|account|cus|sub|team|workspace|req|session)[-_](?=\w*\d)\w{6,}/gi, "[id]"]
]
