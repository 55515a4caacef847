/**
 * What reached the sandbox, and what became of it: the judge's own record.
 *
 * A token request is entered when its headers arrive and completed when its fate is known. Token values stand here in
 * clear, so that a test can compare them with what the program under test believes.
 */
import { Effect, Option, Schema } from "effect"
import * as Watched from "./internal/Watched.ts"
import { ReceivedRequest } from "./ReceivedRequest.ts"
import { SandboxError, UnknownPost } from "./SandboxError.ts"

/**
 * `pending`: in work or parked. `answered`: the whole answer was handed to the socket. `cut` and `reset`: a fault ended
 * it so. `dropped`: the client left before the answer was whole.
 */
export const Outcome = Schema.Literals(["pending", "answered", "cut", "reset", "dropped"])
export type Outcome = typeof Outcome.Type

/** One request to a token endpoint: a POST, or what stands for it in its dialect. */
export const TokenPost = Schema.Struct({
  seq: Schema.Int,
  /** Epoch milliseconds. */
  receivedAt: Schema.Number,
  /** The caller's own label, from the header `x-sandbox-client`. */
  client: Schema.NullOr(Schema.String),
  /** Null until the whole request has been read. */
  request: Schema.NullOr(ReceivedRequest),
  /** The grant that the refresh token belongs to, if the endpoint is the one of its dialect. */
  grant: Schema.NullOr(Schema.String),
  /** The refresh token that was sent, in a place where a dialect of the endpoint has it. */
  presented: Schema.NullOr(Schema.String),
  /** Whether this request rotated the grant, that is, spent the presented token. */
  committed: Schema.Boolean,
  /** The refresh token that follows the presented one, if this request committed it or was given it again. */
  successor: Schema.NullOr(Schema.String),
  /** Whether the presented token was already spent when the request was decided, tolerated or not. */
  reuse: Schema.Boolean,
  /** The fault that was applied. */
  fault: Schema.NullOr(Schema.String),
  outcome: Outcome,
  /**
   * Status of the answer that was made, even if the client left before it arrived; null if none was made, or the socket
   * was reset.
   */
  status: Schema.NullOr(Schema.Int),
  /** The error code of a refusal; null under a fault with a body of its own. */
  code: Schema.NullOr(Schema.String),
  /** Whether the whole answer was handed to the operating system on an open socket. */
  flushed: Schema.Boolean
})
export type TokenPost = typeof TokenPost.Type

/** One call of the model API. */
export const ApiCall = Schema.Struct({
  seq: Schema.Int,
  receivedAt: Schema.Number,
  client: Schema.NullOr(Schema.String),
  method: Schema.String,
  path: Schema.String,
  /** The bearer token or API key that was sent. */
  token: Schema.NullOr(Schema.String),
  /** Names in lower case; credentials stand here in clear. */
  headers: Schema.Record(Schema.String, Schema.String),
  grant: Schema.NullOr(Schema.String),
  status: Schema.Int,
  code: Schema.NullOr(Schema.String)
})
export type ApiCall = typeof ApiCall.Type

/** One request to the revocation endpoint (RFC 7009 section 2.1) that named a token. */
export const Revocation = Schema.Struct({
  seq: Schema.Int,
  receivedAt: Schema.Number,
  token: Schema.String,
  hint: Schema.NullOr(Schema.String),
  clientId: Schema.NullOr(Schema.String),
  /** The grant that ended; null if the token belongs to none. */
  grant: Schema.NullOr(Schema.String)
})
export type Revocation = typeof Revocation.Type

/** A request that followed a redirect into the trap; `authorization` and `body` are what it carried there. */
export const Trapped = Schema.Struct({
  method: Schema.String,
  path: Schema.String,
  authorization: Schema.NullOr(Schema.String),
  body: Schema.String
})
export type Trapped = typeof Trapped.Type

/** How many token requests the grant received. */
export const posts = (journal: ReadonlyArray<TokenPost>, grant: string): number =>
  journal.filter((post) => post.grant === grant).length

/** How many of them rotated it. */
export const rotations = (journal: ReadonlyArray<TokenPost>, grant: string): number =>
  journal.filter((post) => post.grant === grant && post.committed).length

/** How many of them presented a token that was already spent. */
export const reuses = (journal: ReadonlyArray<TokenPost>, grant: string): number =>
  journal.filter((post) => post.grant === grant && post.reuse).length

export interface Journal {
  readonly posts: () => ReadonlyArray<TokenPost>
  /** Enters a new token request and answers its number; the first is 1. */
  readonly open: (receivedAt: number, client: string | null) => number
  readonly amend: (seq: number, change: Partial<TokenPost>) => void
  /** Waits until the request's fate is known. */
  readonly settled: (seq: number) => Effect.Effect<TokenPost, SandboxError>
  readonly apiCalls: () => ReadonlyArray<ApiCall>
  readonly addApiCall: (call: Omit<ApiCall, "seq">) => void
  readonly revocations: () => ReadonlyArray<Revocation>
  readonly addRevocation: (revocation: Omit<Revocation, "seq">) => void
  readonly trapped: () => ReadonlyArray<Trapped>
  readonly addTrapped: (request: Trapped) => void
}

const opened = (seq: number, receivedAt: number, client: string | null): TokenPost => ({
  seq,
  receivedAt,
  client,
  request: null,
  grant: null,
  presented: null,
  committed: false,
  successor: null,
  reuse: false,
  fault: null,
  outcome: "pending",
  status: null,
  code: null,
  flushed: false
})

const amended = (all: ReadonlyArray<TokenPost>, seq: number, change: Partial<TokenPost>) => {
  const post = all[seq - 1]
  return post === undefined ? all : all.with(seq - 1, { ...post, ...change })
}

export const make = (): Journal => {
  const posts = Watched.make<ReadonlyArray<TokenPost>>([])
  const apiCalls = Watched.make<ReadonlyArray<ApiCall>>([])
  const revocations = Watched.make<ReadonlyArray<Revocation>>([])
  const trapped = Watched.make<ReadonlyArray<Trapped>>([])
  const settledPost = (seq: number) => (all: ReadonlyArray<TokenPost>) =>
    Option.filter(Option.fromNullishOr(all[seq - 1]), (post) => post.outcome !== "pending")

  return {
    posts: posts.get,
    open: (receivedAt, client) =>
      posts.modify((all) => [all.length + 1, [...all, opened(all.length + 1, receivedAt, client)]]),
    amend: (seq, change) => posts.update((all) => amended(all, seq, change)),
    settled: (seq) =>
      Effect.suspend(() =>
        posts.get()[seq - 1] === undefined
          ? Effect.fail(new SandboxError({ reason: new UnknownPost({ seq }) }))
          : posts.until(settledPost(seq))
      ),
    apiCalls: apiCalls.get,
    addApiCall: (call) => apiCalls.update((all) => [...all, { ...call, seq: all.length + 1 }]),
    revocations: revocations.get,
    addRevocation: (revocation) => revocations.update((all) => [...all, { ...revocation, seq: all.length + 1 }]),
    trapped: trapped.get,
    addTrapped: (request) => trapped.update((all) => [...all, request])
  }
}
