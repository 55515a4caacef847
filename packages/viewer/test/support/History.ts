/**
 * Histories in which much goes wrong, and events meet: few credentials of few accounts, two of them with one grant, clocks that
 * step back, benches that end by themselves, events of a newer version. The same seed gives the same.
 */
import type { EventOf, EventType } from "@daybook/pool/Event"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { ActorId, AttemptId, CredentialId, EventId, GrantId, LedgerId, Seq } from "@daybook/pool/Ids"
import { format } from "@daybook/pool/Instant"
import { encodeDraft, type Recorded } from "@daybook/pool/Recorded"

export const start = Date.UTC(2026, 10, 22, 10)
const minute = 60_000

/** From 0 to below 1 (mulberry32). */
export const diceOf = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const uuid = (family: number, n: number): string =>
  `${family.toString(16).padStart(8, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`

export const eventId = (n: number): EventId => EventId.make(uuid(5, n))
export const actorId = (n: number): ActorId => ActorId.make(uuid(1, n))
const fingerprint = (word: string) => Fingerprint.make(`fp_${word.padEnd(16, "_")}`)

const grants = [1, 2, 3, 4].map((n) => GrantId.make(uuid(4, n)))
/** Two share a grant. */
const logins = ["one", "two", "three", "four", "five"].map((name, n) => ({
  credential: CredentialId.make(name),
  grant: grants[n % 4]!,
  provider: n < 4 ? "openai-codex" : "xai-oauth"
}))

type Body = { [Type in EventType]: EventOf<Type> }[EventType]

/** So many events, one for each line. */
export const history = (seed: number, length: number): ReadonlyArray<Recorded> => {
  const dice = diceOf(seed)
  const upTo = (most: number) => Math.floor(dice() * most)
  const one = <A>(all: ReadonlyArray<A>): A => all[upTo(all.length)]!
  let clock = start
  const events: Array<Recorded> = []
  for (let seq = 1; seq <= length; seq++) {
    clock += dice() < 0.1 ? -upTo(5 * minute) : upTo(3 * minute)
    const event = seq === 1 ? opened : dice() < 0.02 ? unknown : bodyOf(one, upTo, clock)
    events.push({
      ...event,
      seq: Seq.make(seq),
      at: clock,
      id: eventId(seq),
      actor: actorId(1 + upTo(3)),
      // Mostly a near one, seldom any, and now and then one that this ledger does not have.
      ...(dice() < 0.5
        ? { cause: eventId(dice() < 0.05 ? length + seq : Math.max(1, seq - upTo(dice() < 0.1 ? seq : 4))) }
        : {})
    } as Recorded)
  }
  return events
}

const opened: Body = {
  type: "LedgerOpened",
  v: 1,
  data: { format: 1, ledger: LedgerId.make(uuid(2, 1)), lock: "ofd", check: fingerprint("check") }
}

const unknown = {
  type: "Unknown",
  v: 1,
  credential: logins[0]!.credential,
  data: { type: "MoonRose", raw: { phase: "full" } }
}

const bodyOf = (one: <A>(all: ReadonlyArray<A>) => A, upTo: (most: number) => number, at: number): Body => {
  const { credential, grant, provider } = one(logins)
  const ref = { access: fingerprint(`a${upTo(3)}`), refresh: fingerprint(`r${upTo(3)}`) }
  const generation = { ...ref, account: fingerprint(`account${upTo(2)}`), expiresAt: at + 60 * minute }
  const attempt = AttemptId.make(uuid(6, upTo(3)))
  const named = upTo(3) === 0 ? {} : { credential }
  const evidence = { status: 400, code: "invalid_grant", message: 'Käse Ünd "quotes"', left: true }
  const bodies: ReadonlyArray<() => Body> = [
    () => ({
      type: "ActorJoined",
      v: 1,
      data: { program: one(["hermes", "daybook"]), version: "1", pid: 100 + upTo(3), host: "vm" }
    }),
    () => ({
      type: "CredentialEnrolled",
      v: 1,
      credential,
      data: {
        provider,
        kind: "oauth",
        grant,
        priority: upTo(3),
        source: "device_code",
        ownership: "owned",
        store: { kind: "own", path: "/x", slot: "a" }
      }
    }),
    () => ({ type: "GenerationObserved", v: 1, ...named, data: { grant, generation, where: "own", how: "enrol" } }),
    () => ({
      type: "RefreshStarted",
      v: 1,
      ...named,
      data: { grant, attempt, generation: ref, trigger: "expired", timeLimit: 1000 }
    }),
    () => ({
      type: "RefreshSucceeded",
      v: 1,
      ...named,
      data: { grant, attempt, generation: ref, next: generation, rotated: true }
    }),
    () => ({ type: "RefreshFailed", v: 1, ...named, data: { grant, attempt, generation: ref, evidence } }),
    () => ({
      type: "ErrorClassified",
      v: 1,
      ...named,
      data: {
        of: eventId(1),
        grant,
        generation: ref,
        surface: "token",
        verdict: one(["Terminal", "Transient"]),
        reason: one(["Reused", "ServerError"]),
        rule: "r",
        classifier: 1
      }
    }),
    () => ({ type: "OutcomeLost", v: 1, ...named, data: { grant, attempt, generation: ref, quietAfter: at + minute } }),
    () => ({
      type: "RaceAdopted",
      v: 1,
      ...named,
      data: { grant, held: ref, found: generation, winner: {}, phase: "before request" }
    }),
    () => ({
      type: "CredentialQuarantined",
      v: 1,
      ...named,
      data: { grant, generation: ref, bound: "refresh", reason: "Reused", rule: "r" }
    }),
    () => ({ type: "QuarantineLifted", v: 1, ...named, data: { grant, generation: ref, by: "operator" } }),
    () => ({
      type: "CooldownStarted",
      v: 1,
      credential,
      data: { until: at + upTo(20) * minute, reason: one(["QuotaExhausted", "RateLimited", "UpstreamFault"]) }
    }),
    () => ({
      type: "CooldownStarted",
      v: 1,
      credential,
      data: { until: at + upTo(20) * minute, reason: "RateLimited", model: "gpt" }
    }),
    () => ({ type: "CooldownCleared", v: 1, credential, data: { by: "probe" } }),
    () => ({ type: "CredentialPaused", v: 1, credential, data: {} }),
    () => ({ type: "CredentialResumed", v: 1, credential, data: {} }),
    () => ({ type: "CredentialRemoved", v: 1, credential, data: { by: "store" } }),
    () => ({
      type: "ApiOutcomeObserved",
      v: 1,
      credential,
      data: { generation: ref, accepted: upTo(2) === 0, count: 1 }
    })
  ]
  return one(bodies)()
}

/** A line as a ledger has it; the page does not check its sums. */
export const lineOf = (event: Recorded): string => {
  const { actor, at, cause, id, seq } = event
  const { credential, data, type, v } = event.type === "Unknown" ? foreign(event) : encodeDraft(event)
  const text = JSON.stringify({ seq, at: format(at), id, actor, type, v, credential, cause, data })
  const ascii = text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
  return `${ascii.slice(0, -1)},"h":"${"A".repeat(43)}","c":"00000000"}`
}

const foreign = ({ credential, data, v }: Extract<Recorded, { readonly type: "Unknown" }>) => ({
  type: data.type,
  v,
  credential,
  data: data.raw
})
