/**
 * A place in a text, moved by what is expected there. It is lost for good once something else stands there.
 */
export class Cursor {
  readonly text: string
  at = 0
  isLost = false

  constructor(text: string) {
    this.text = text
  }

  /** Moves past the word if it stands here. */
  passes(word: string): boolean {
    const isHere = this.text.startsWith(word, this.at)
    if (isHere) this.at += word.length
    return isHere
  }

  expect(word: string): void {
    if (!this.passes(word)) this.isLost = true
  }

  take(length: number): string {
    this.at += length
    return this.text.slice(this.at - length, this.at)
  }

  /** Up to a quotation mark, which is passed. */
  takeQuoted(): string {
    const end = this.text.indexOf('"', this.at)
    if (end < 0) this.isLost = true
    const taken = this.text.slice(this.at, end)
    this.at = end + 1
    return taken
  }

  /** From 1 on, as JSON writes it; lost where it has too many digits to be exact. */
  takeNumber(): number {
    const begin = this.at
    let number = 0
    for (let digit = this.digit(); digit >= 0 && digit <= 9; digit = this.digit()) {
      number = number * 10 + digit
      this.at++
    }
    if (number === 0 || this.at - begin > 15 || this.text.startsWith("0", begin)) this.isLost = true
    return number
  }

  digit(): number {
    return this.text.charCodeAt(this.at) - 48
  }

  rest(): string {
    return this.text.slice(this.at)
  }
}
