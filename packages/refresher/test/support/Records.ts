/**
 * The ledger's own file and the sandbox's journal, read without the code that wrote them, and what must hold between them.
 */
import * as Verify from "@daybook/ledger/Verify"
import type { EventType } from "@daybook/pool/Event"
import { decode, type Recorded } from "@daybook/pool/Recorded"
import type { TokenPost } from "@daybook/sandbox/Journal"
import { Effect, Result } from "effect"
import { createHmac } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Scene } from "./Scene.ts"

export const readEvents = (home: string): ReadonlyArray<Recorded> =>
  readFileSync(join(home, "ledger.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Result.getOrThrow(decode(JSON.parse(line))))

/** The events of one type, in order. */
export const only = <Type extends EventType>(events: ReadonlyArray<Recorded>, type: Type) =>
  events.filter((event): event is Extract<Recorded, { readonly type: Type }> => event.type === type)

/** Breaches of what must always hold, in words. */
export const breaches = Effect.fnUntraced(function* ({ events, home, posts, sandbox }: Scene) {
  const recorded = yield* events
  const issued = yield* Effect.orDie(sandbox.issuedTokens)
  const { isConsistent } = yield* Effect.orDie(Verify.verify(home))
  return [
    ...(isConsistent ? [] : ["the chain is broken"]),
    ...unforeseen(recorded),
    ...withoutIntent(recorded, yield* posts, home),
    ...leaks(home, issued)
  ]
})

/** A rotating token is sent again only if it is known not to be spent, or known to be in doubt. */
const unforeseen = (events: ReadonlyArray<Recorded>): ReadonlyArray<string> => {
  const sendable = new Map<string, boolean>()
  const lasting = new Set<string | undefined>(
    only(events, "RefreshSucceeded").flatMap(({ data }) => (data.rotated ? [] : [data.generation.refresh]))
  )
  const found: Array<string> = []
  for (const event of events) {
    if (event.type === "QuarantineLifted" && event.data.by === "operator") {
      sendable.set(event.data.generation.refresh ?? "", true)
    }
    if (event.type === "RefreshStarted") {
      const token = event.data.generation.refresh ?? ""
      if (sendable.get(token) === false && !lasting.has(token))
        found.push(`seq ${event.seq}: ${token} is sent again for no reason`)
      sendable.set(token, false)
    }
    const after = sendableAfter(event)
    if (after !== undefined) sendable.set(...after)
  }
  return found
}

const explicit = new Set(["RateLimited", "EdgeBlocked", "Misconfigured", "Denied", "Unrecognized"])

const sendableAfter = (event: Recorded): readonly [string, boolean] | undefined => {
  switch (event.type) {
    case "RefreshSucceeded":
      return [event.data.generation.refresh ?? "", !event.data.rotated]
    case "RefreshFailed":
      return event.data.evidence.left ? undefined : [event.data.generation.refresh ?? "", true]
    case "OutcomeLost":
      return [event.data.generation.refresh ?? "", true]
    case "ErrorClassified":
      return event.data.surface === "token" && (event.data.suspect === true || explicit.has(event.data.reason ?? ""))
        ? [event.data.generation.refresh ?? "", true]
        : undefined
    default:
      return undefined
  }
}

/** Each sending has an intent of its own. */
const withoutIntent = (events: ReadonlyArray<Recorded>, posts: ReadonlyArray<TokenPost>, home: string) => {
  const key = readFileSync(join(home, "fingerprint.key"))
  const nameOf = (token: string) =>
    `fp_${createHmac("sha256", key).update(token).digest().subarray(0, 12).toString("base64url")}`
  const intents = events.flatMap((event) => (event.type === "RefreshStarted" ? [event.data.generation.refresh] : []))
  const sent = posts.flatMap(({ presented }) => (presented === null ? [] : [nameOf(presented)]))
  const count = (all: ReadonlyArray<unknown>, one: string) => all.filter((each) => each === one).length
  return [...new Set(sent)]
    .filter((token) => count(sent, token) > count(intents, token))
    .map((token) => `${token} was sent ${count(sent, token)} times under ${count(intents, token)} intents`)
}

const leaks = (home: string, issued: ReadonlyArray<string>): ReadonlyArray<string> => {
  const text = readFileSync(join(home, "ledger.jsonl"), "utf8")
  return issued.some((token) => text.includes(token)) ? ["the ledger holds a token"] : []
}
