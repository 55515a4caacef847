/** Ledgers that are always the same, byte for byte: events of many kinds, and what a dead writer left behind. */
import { crc32 } from "node:zlib"
import * as Lines from "./Lines.ts"

/** A whole ledger file. `salt`, eight hex digits, makes ledgers that share no id. */
export const sample = (salt: string): string => {
  const close = (previous: string, bodies: ReadonlyArray<string>) =>
    closeAll(
      previous,
      bodies.map((body) => body.replaceAll("01a20451", salt))
    )
  const before = close("", [
    Lines.ledgerOpened(),
    ...stories.map(([type, data], index) => about(Lines.bodyOf(index + 2, type, data)))
  ])
  const offset = before.text.length
  const seq = stories.length + 2
  const sealed = Lines.bodyOf(seq, "TailSealed", { offset, length: junk.length, crc: sumOf(junk) })
  const after = Array.from({ length: 5 }, (_, index) => Lines.relabelled(seq + 1 + index))
  return `${before.text}${junk}\n${close(before.h, [sealed, ...after]).text}`
}

/** The lines, and the `h` of the last. */
const closeAll = (previous: string, bodies: ReadonlyArray<string>) => {
  let h = previous
  let text = ""
  for (const body of bodies) {
    const line = Lines.closeLine(h, body)
    h = Lines.hashOf(line)
    text += `${line}\n`
  }
  return { h, text }
}

const about = (body: string): string => body.replace('"v":1,', '"v":1,"credential":"codex-1",')
const sumOf = (text: string): string => crc32(text).toString(16).padStart(8, "0")
const fp = (letter: string): string => `fp_${letter.repeat(16)}`

const grant = "01a20451-0000-7000-8000-00000000aaaa"
const attempt = "01a20451-0000-7000-8000-00000000bbbb"
const junk = Lines.relabelled(99).slice(0, 120)

const sent = { access: fp("a"), refresh: fp("b") }
const next = { access: fp("c"), refresh: fp("d"), expiresAt: "2026-11-22T11:00:00.000Z", account: fp("e") }
const evidence = { status: 401, code: "refresh_token_reused", message: "used before \\u00fc", body: "json", left: true }

const stories: ReadonlyArray<readonly [type: string, data: object]> = [
  ["ActorJoined", { program: "daybook", version: "1.2.3", pid: 4711, host: "here" }],
  [
    "CredentialEnrolled",
    {
      grant,
      provider: "openai-codex",
      kind: "oauth",
      label: "one",
      priority: 0,
      ownership: "owned",
      store: { kind: "own", slot: "" }
    }
  ],
  ["GenerationObserved", { grant, generation: { ...next, ...sent }, where: "hermes", how: "enrol" }],
  ["RefreshStarted", { grant, attempt, generation: sent, trigger: "expired", timeLimit: 20_000 }],
  ["RefreshSucceeded", { grant, attempt, generation: sent, next, rotated: true, duration: 1_190 }],
  ["QuotaObserved", { windows: [{ name: "primary", usedPercent: 41.5, resetsAt: "2026-11-22T12:10:00.000Z" }] }],
  ["CooldownStarted", { until: "2026-11-22T11:20:37.310Z", reason: "RateLimited" }],
  ["RefreshStarted", { grant, attempt, generation: next, trigger: "proactive", timeLimit: 20_000 }],
  ["RefreshFailed", { grant, attempt, generation: sent, evidence, duration: 482 }],
  ["CredentialQuarantined", { grant, generation: sent, bound: "refresh", reason: "Reused", rule: "codes/reused" }],
  ["StoreCleared", { grant, generation: sent, store: "hermes", cleared: true, removed: ["one", "two"] }],
  ["HeardOfLater", { grant, depth: { of: [1, [2, [3]]] }, none: null }]
]
