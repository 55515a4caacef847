/**
 * Faults on demand: what a real provider, or the network in front of it, does on a bad day.
 *
 * A fault is queued for one grant or for all and takes the place of the next answers. `commit` says whether the
 * rotation happens all the same: with `true` the refresh token is spent although the client never learns its successor.
 * It is `false` where left out.
 */
import { Schema } from "effect"
import * as Answer from "./internal/Answer.ts"
import { usageLimitReached } from "./internal/dialects/CodexQuota.ts"

const commit = Schema.optionalKey(Schema.Boolean)

const Status = {
  status: Schema.Int,
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** Sent as it stands; a plain JSON error if absent. */
  body: Schema.optionalKey(Schema.String),
  commit
}

/** Faults of the token endpoints. */
export const TokenFault = Schema.TaggedUnion({
  Status,
  /** 403 with an HTML page and `cf-mitigated: challenge`. */
  HtmlChallenge: { commit },
  /** 307 to the trap, another origin of the sandbox that records whatever reaches it. */
  Redirect: { commit },
  /** The socket is reset before a byte is answered. */
  Reset: { commit },
  /** The rotation happens; the answer ends in the middle of its body. */
  CutBody: {},
  /** 200 with an HTML page. */
  Garbage: { commit },
  /** The rotation happens; the answer carries a new refresh token and no access token. */
  NoAccessToken: {},
  /** The ordinary answer, late. With `commit` the wait comes after the rotation, else before it. */
  Delay: { millis: Schema.Int, commit }
})
export type TokenFault = typeof TokenFault.Type

/** Faults of the model API; an authenticated call meets them instead of its answer. */
export const ApiFault = Schema.TaggedUnion({
  Status,
  HtmlChallenge: {},
  Redirect: {},
  /** 429 `usage_limit_reached`; `resetsAt` in epoch seconds. */
  UsageLimit: { resetsAt: Schema.Int },
  /** The ordinary answer ends in the middle of its body. */
  CutBody: {},
  /** The socket is reset before a byte is answered. */
  Reset: {}
})
export type ApiFault = typeof ApiFault.Type

/** Whether the rotation happens under this fault. */
export const commits = (fault: TokenFault): boolean =>
  fault._tag === "CutBody" || fault._tag === "NoAccessToken" || (fault.commit ?? false)

const challenge = () =>
  Answer.html(403, "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>challenge</body></html>", {
    "cf-mitigated": "challenge",
    server: "cloudflare"
  })

const redirect = (location: string) => Answer.empty(307, { location })

const status = (fault: Extract<TokenFault, { _tag: "Status" }>) => {
  const plain = Answer.json(fault.status, { error: { message: `The sandbox was told to answer ${fault.status}` } })
  return Answer.withHeaders({ ...plain, body: fault.body ?? plain.body }, fault.headers ?? {})
}

const decodeRefreshToken = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ refresh_token: Schema.optionalKey(Schema.String) }))
)

const withoutAccessToken = (ordinary: Answer.Answer): Answer.Answer => {
  if (!Answer.grants(ordinary)) return ordinary
  return Answer.json(200, decodeRefreshToken(ordinary.body))
}

/** What is answered under a fault in place of the ordinary answer; `trap` is the address that a redirect names. */
export const distort = (fault: TokenFault, ordinary: Answer.Answer, trap: string): Answer.Answer =>
  TokenFault.match(fault, {
    Status: status,
    HtmlChallenge: challenge,
    Redirect: () => redirect(trap),
    Reset: () => Answer.ending("reset", Answer.empty(0)),
    CutBody: () => Answer.ending("cut", ordinary),
    Garbage: () => Answer.html(200, "<html><body>Please accept the terms of this network</body></html>"),
    NoAccessToken: () => withoutAccessToken(ordinary),
    Delay: () => ordinary
  })

export const apiAnswer = (fault: ApiFault, ordinary: () => Answer.Answer, trap: string): Answer.Answer =>
  ApiFault.match(fault, {
    Status: status,
    HtmlChallenge: challenge,
    Redirect: () => redirect(trap),
    UsageLimit: ({ resetsAt }) => usageLimitReached(resetsAt),
    CutBody: () => Answer.ending("cut", ordinary()),
    Reset: () => Answer.ending("reset", Answer.empty(0))
  })

/** A fault waiting for `left` more requests; for every grant if `grant` is null. */
export interface Queued<F> {
  readonly fault: F
  readonly grant: string | null
  readonly left: number
}

/** The first fault that concerns the grant, and the queue with one use of it gone. */
export const take = <F>(
  queue: ReadonlyArray<Queued<F>>,
  grant: string | null
): readonly [F | null, ReadonlyArray<Queued<F>>] => {
  const index = queue.findIndex((queued) => queued.grant === null || queued.grant === grant)
  const found = queue[index]
  if (found === undefined) return [null, queue]
  const rest = found.left > 1 ? [{ ...found, left: found.left - 1 }] : []
  return [found.fault, queue.toSpliced(index, 1, ...rest)]
}
