/**
 * Providers repeat what they were sent: a prompt in quotes, a value behind `input:`. What is a name stays, such as
 * 'refresh_token' or "gpt-5.5"; the rest may be private. Hand-written: no scanner of messages knows what is an echo.
 */
const mark = "***"

const name = /^[a-z0-9_.:/-]{1,48}$/

/** An apostrophe inside a word opens nothing. */
const opening = /(?<=^|[\s([{:=,])["'`\u201c\u2018]/g
const given = /\b(input(?:_value)?|prompt|content|received|got)(\s*[=:]\s*)(?!["'`*])[^]+$/i

const closing: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "\u201c": "\u201d",
  "\u2018": "\u2019"
}

/** Where a quote of this kind may end: before a blank, a mark, or the end of the text. */
const closesAt = (text: string, close: string, at: number): boolean =>
  text[at] === close && /^(?:$|[\s)\]}:;,.!?])/.test(text.slice(at + 1, at + 2))

/** A name ends at the first quote. What else begins there may hold quotes of its own, so it ends at the last one. */
const withoutQuotes = (text: string): string => {
  const scan = new RegExp(opening)
  for (let found = scan.exec(text); found !== null; found = scan.exec(text)) {
    const close = closing[found[0]] ?? ""
    const start = found.index + 1
    let first = start
    while (first < text.length && !closesAt(text, close, first)) first++
    if (name.test(text.slice(start, first))) {
      scan.lastIndex = first + 1
      continue
    }
    let last = text.length
    while (last > start && !closesAt(text, close, last - 1)) last--
    const rest = last > start ? `${close}${withoutQuotes(text.slice(last))}` : ""
    return `${text.slice(0, start)}${mark}${rest}`
  }
  return text
}

export const withoutEchoes = (text: string): string => withoutQuotes(text).replace(given, `$1$2${mark}`)
