/**
 * What looks like a secret or a private name although nobody told us its value. Hand-written: scanners for leaked
 * keys know vendors' prefixes, while a refresh token has none and a snake_case error code is as long.
 */
const mark = "***"

const jwt = /\beyJ[\w-]{5,}(?:\.[\w-]*){0,4}/g
const prefixed = /\b(?:sk|rt|xai|gh[opusr]|github_pat|xox[a-z])[-_][\w-]{6,}/gi
const authorization = /\b(Bearer|Basic)\s+(?=\S*\d)\S+/gi
const assigned = /((?:token|secret|password|key|code)["']?(?:=|:\s*["']))[^\s"'&]+/gi
const email = /(?:"[^"\s][^"]{0,63}"|[\p{L}\p{N}_.+-]+)(?:@|%(?:25)*40)[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*/gu
const hex = /\b(?=[a-f]*\d)[0-9a-f]{16,}\b/gi
const longRun = /[\w~+/-]{20,}={0,2}/g

const word = /^(?:[A-Z]?[a-z]+|[A-Z]+)\d{0,2}$/

/** `refresh_token_invalidated` is made of words; a random string falls into shreds. */
const isWords = (run: string): boolean => {
  const parts = run.split(/[_/-]+|(?<=[a-z])(?=[A-Z])/).filter((part) => part !== "")
  return parts.every((part) => word.test(part)) && run.length >= parts.length * 4
}

/** Request ids look like random tokens, and only what cannot be one is taken for a secret. */
export const withoutKnownTokens = (text: string): string => text.replace(jwt, mark).replace(prefixed, mark)

export const withoutTokenShapes = (text: string): string =>
  withoutKnownTokens(text)
    .replace(authorization, `$1 ${mark}`)
    .replace(assigned, `$1${mark}`)
    .replace(email, mark)
    .replace(hex, mark)
    .replace(longRun, (run) => (isWords(run) ? run : mark))
