/** Writes a ledger line by line, for what no recorded one has: long ones, and such with foreign text. */
import { FileSource } from "./FileSource.ts"

export const uuid = (number: number): string => `019cadc6-0000-7000-8000-${number.toString(16).padStart(12, "0")}`

const fingerprint = (kind: string, number: number): string => `fp_${kind}${String(number).padStart(15, "0")}`

export const generation = (number: number) => ({
  access: fingerprint("a", number),
  refresh: fingerprint("r", number)
})

export const grant = uuid(0xf00d)

const start = Date.parse("2026-03-02T09:00:00Z")
const second = 1_000

export interface Said {
  readonly credential?: string
  readonly cause?: number
  readonly v?: number
}

export class Story {
  readonly #lines: Array<string> = []
  #at = start
  /** Who writes. */
  actor = 1

  /** With an enrolled credential `main`, whose first generation is 1. */
  constructor() {
    const ledger = { format: 1, ledger: uuid(0xabc), lock: "ofd", check: fingerprint("c", 1) }
    this.add("LedgerOpened", ledger)
    this.joins(1)
    const store = { kind: "hermes", path: "/logins/auth.json", slot: "providers.openai-codex" }
    const login = { provider: "openai-codex", kind: "oauth", source: "device_code", ownership: "owned" }
    this.add("CredentialEnrolled", { ...login, grant, priority: 0, store }, about)
    const lasting = { expiresAt: "2027-03-02T10:00:00.000Z" }
    this.add(
      "GenerationObserved",
      { grant, generation: { ...generation(1), ...lasting }, where: "hermes", how: "enrol" },
      about
    )
  }

  get head(): number {
    return this.#lines.length
  }

  get text(): string {
    return this.#lines.join("\n")
  }

  source(first?: number): FileSource {
    return new FileSource(this.text, first)
  }

  after(seconds: number): this {
    this.#at += seconds * second
    return this
  }

  joins(actor: number): number {
    this.actor = actor
    return this.add("ActorJoined", { program: "agent", version: "1.0.0", pid: actor, host: "workstation" })
  }

  /** Its number; `cause` is that of another one. */
  add(type: string, data: object, { cause, v = 1, ...said }: Said = {}): number {
    const seq = this.#lines.length + 1
    const at = new Date(this.#at).toISOString()
    const because = cause === undefined ? {} : { cause: uuid(cause) }
    const event = { seq, at, id: uuid(seq), actor: uuid(0xac000000 + this.actor), type, v, ...said, ...because, data }
    const sums = `,"h":"${"h".repeat(43)}","c":"00000000"}`
    this.#lines.push(ascii(JSON.stringify(event)).slice(0, -1) + sums)
    return seq
  }

  /** An hour after the one before: a call is refused, and the credential benched for an hour. */
  refusedForQuota(message = "The usage limit has been reached"): number {
    const sent = { generation: generation(1), accepted: false, count: 1 }
    const evidence = { status: 429, code: "usage_limit_reached", message, body: "json", left: true }
    this.after(3_660)
    const refused = this.add("ApiOutcomeObserved", { ...sent, evidence }, about)
    const verdict = { surface: "api", verdict: "QuotaExhausted", rule: "api/words/usage-limit", classifier: 2 }
    const of = { grant, of: uuid(refused), generation: generation(1) }
    const classified = this.add("ErrorClassified", { ...of, ...verdict }, { ...about, cause: refused })
    const until = new Date(this.#at + 3_600 * second).toISOString()
    return this.add("CooldownStarted", { until, reason: "QuotaExhausted" }, { ...about, cause: classified })
  }

  /** New tokens in the place of these. */
  refreshed(number: number): number {
    const attempt = { grant, attempt: uuid(0xa0000000 + number), generation: generation(number) }
    const begun = this.add("RefreshStarted", { ...attempt, trigger: "proactive", timeLimit: 10_000 }, about)
    const next = { ...generation(number + 1), expiresAt: new Date(this.#at + 3_600 * second).toISOString() }
    return this.add("RefreshSucceeded", { ...attempt, next, rotated: true }, { ...about, cause: begun })
  }
}

export const about = { credential: "main" }

const ascii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
