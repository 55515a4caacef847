/** Ledgers that are always the same, byte for byte: events of many kinds, and what a dead writer left behind. */
import { createHash, createHmac } from "node:crypto"
import { crc32 } from "node:zlib"
import * as Lines from "./Lines.ts"

export interface SampleFile {
  readonly name: string
  readonly text: string
}

/** The key beside them. */
export const sampleKey = Buffer.alloc(32)

/** A ledger in one file. `salt`, eight hex digits, makes ledgers that share no id. */
export const sample = (salt: string): string => {
  const pen = new Pen(salt)
  pen.open()
  for (const [type, data] of stories) pen.line(type, data)
  pen.leaveJunk()
  pen.relabel(5)
  return pen.text
}

/** A ledger in three files, in their order. */
export const segmented = (salt: string): ReadonlyArray<SampleFile> => {
  const pen = new Pen(salt)
  pen.open()
  for (const [type, data] of stories.slice(0, 6)) pen.line(type, data)
  pen.seal()
  for (const [type, data] of stories.slice(6)) pen.line(type, data)
  pen.leaveJunk()
  pen.seal()
  pen.relabel(4)
  return [...pen.files, { name: "ledger.jsonl", text: pen.text }]
}

class Pen {
  readonly salt: string
  readonly files: Array<SampleFile> = []
  /** Of the live segment. */
  text = ""
  first = 1
  seq = 0
  h = ""

  constructor(salt: string) {
    this.salt = salt
  }

  line(type: string, data: object): void {
    const body = Lines.bodyOf(++this.seq, type, data).replace('"v":1,', '"v":1,"credential":"codex-1",')
    const line = Lines.closeLine(this.h, body.replaceAll("01a20451", this.salt))
    this.h = Lines.hashOf(line)
    this.text += `${line}\n`
  }

  open(): void {
    this.line("LedgerOpened", opened)
  }

  relabel(count: number): void {
    for (let done = 0; done < count; done++) this.line("CredentialRelabelled", { label: `${done}` })
  }

  leaveJunk(): void {
    const offset = this.text.length
    this.text += `${junk}\n`
    this.line("TailSealed", { offset, length: junk.length, crc: crc32(junk).toString(16).padStart(8, "0") })
  }

  seal(): void {
    const sha256 = createHash("sha256").update(this.text).digest("base64url")
    this.line("SegmentSealed", { first: this.first, bytes: this.text.length, sha256 })
    this.files.push({ name: `ledger.${String(this.first).padStart(16, "0")}.jsonl`, text: this.text })
    this.text = ""
    this.first = this.seq + 1
    this.line("SegmentOpened", { ...opened, continues: this.h })
  }
}

const fp = (letter: string): string => `fp_${letter.repeat(16)}`

const grant = "01a20451-0000-7000-8000-00000000aaaa"
const attempt = "01a20451-0000-7000-8000-00000000bbbb"
const check = `fp_${createHmac("sha256", sampleKey).update("daybook").digest("base64url").slice(0, 16)}`
const opened = { format: 1, ledger: "01a20451-0000-7000-8000-00000000cccc", lock: "ofd", check }
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
      source: "manual",
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
