/**
 * Providers repeat what they were sent: a prompt in quotes, a value behind `input:`. What is a name stays, such as
 * 'refresh_token' or "gpt-5.5"; the rest may be private. Hand-written: no scanner of messages knows what is an echo.
 */
const mark = "***"

const name = /^[a-z0-9_.:/-]{1,48}$/

/** An apostrophe inside a word opens nothing. */
const quoted = /(^|[\s([{:=,])(["'`\u201c\u2018])([^]*?)(["'`\u201d\u2019])(?=$|[\s)\]}:;,.!?])/g
const given = /\b(input(?:_value)?|prompt|content|received)(\s*[=:]\s*)(?!\*)[^]+$/i

const closing: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "\u201c": "\u201d",
  "\u2018": "\u2019"
}

export const withoutEchoes = (text: string): string =>
  text
    .replace(quoted, (all, before: string, open: string, inside: string, close: string) =>
      closing[open] === close && !name.test(inside) ? `${before}${open}${mark}${close}` : all
    )
    .replace(given, `$1$2${mark}`)
