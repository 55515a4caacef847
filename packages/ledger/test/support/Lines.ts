/** Lines of a ledger made by hand, from the description of the format and not from the code under test. */
import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"

/** Closes a line: `body` is its JSON without the last brace, `previous` the `h` of the line before. */
export const closeLine = (previous: string, body: string): string => {
  const h = createHash("sha256")
    .update(previous + body)
    .digest("base64")
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
  const hashed = `${body},"h":"${h}"`
  return `${hashed},"c":"${crc32(hashed).toString(16).padStart(8, "0")}"}`
}

/** The `h` of a line. */
export const hashOf = (line: string): string => /"h":"([\w-]{43})","c":"[0-9a-f]{8}"\}$/.exec(line)?.[1] ?? ""

/** A line's JSON without its last brace, for an event of any type. */
export const bodyOf = (seq: number, type: string, data: object): string =>
  `{"seq":${seq},"at":"2026-11-22T10:00:00.000Z","id":"${uuid(seq)}","actor":"${uuid(0)}","type":"${type}","v":1,` +
  `"data":${JSON.stringify(data)}`

/** Lines that continue one another, from the first of a ledger. */
export const chainLines = (bodies: ReadonlyArray<string>): ReadonlyArray<string> => {
  let previous = ""
  return bodies.map((body) => {
    const line = closeLine(previous, body)
    previous = hashOf(line)
    return line
  })
}

export const ledgerOpened = (data?: object): string =>
  bodyOf(1, "LedgerOpened", { format: 1, ledger: uuid(1), lock: "ofd", check: "fp_AAAAAAAAAAAAAAAA", ...data })

export const relabelled = (seq: number): string =>
  bodyOf(seq, "CredentialRelabelled", { label: "a" }).replace('"v":1,', '"v":1,"credential":"codex-1",')

const uuid = (count: number): string => `01a20451-0000-7000-8000-${String(count).padStart(12, "0")}`
