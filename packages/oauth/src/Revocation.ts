/** Tells an authorization server that a token will not be used again (RFC 7009), so that nobody else can use it. */
import { Context, Effect, Layer, Redacted } from "effect"
import { type Answered, type Ask, asking, type Unsupported } from "./internal/Ask.ts"
import { defined } from "./internal/Defined.ts"
import * as Endpoints from "./internal/Endpoints.ts"
import { revealForPost } from "./internal/TokenRequest.ts"
import { evidenceOf } from "./ParseAnswer.ts"
import type { Provider } from "./Provider.ts"
import type { Refused } from "./TokenEndpoint.ts"

/** The token is of no use any more, whether it was known or not. */
export interface Revoked {
  readonly _tag: "Revoked"
  readonly durationMillis: number
}

export type RevocationAnswer = Revoked | Refused | Unsupported

export interface RevocationOptions {
  /** RFC 7009 section 2.1. With a refresh token its access tokens end too, on servers that can do so. */
  readonly tokenTypeHint: "access_token" | "refresh_token"
  /** For connecting, sending and reading the whole answer. */
  readonly timeLimitMillis: number
}

/** RFC 7009 section 2.2: the status says it all, also for a token that the server does not know. */
const revocationAnswerOf = ({ answer, durationMillis, received }: Answered): RevocationAnswer =>
  answer.status >= 200 && answer.status <= 299
    ? { _tag: "Revoked", durationMillis }
    : { _tag: "Refused", evidence: evidenceOf(answer, received), durationMillis }

const revokeWith = (ask: Ask) =>
  Effect.fn("Revocation.revoke")(function* (
    provider: Provider,
    token: Redacted.Redacted<string>,
    { timeLimitMillis, tokenTypeHint }: RevocationOptions
  ): Effect.fn.Return<RevocationAnswer> {
    const asked = yield* ask(provider, {
      endpoint: "revocationEndpoint",
      reveal: (url) =>
        revealForPost(provider, url, {
          token: Redacted.value(token),
          token_type_hint: tokenTypeHint,
          ...defined({ client_id: provider.clientId })
        }),
      secrets: [token],
      timeLimitMillis
    })
    return asked._tag === "Answered" ? revocationAnswerOf(asked) : asked
  })

export class Revocation extends Context.Service<
  Revocation,
  {
    /** RFC 7009 section 2.1, sent once. After a 503 it may be tried again later (section 2.2.1). */
    readonly revoke: (
      provider: Provider,
      token: Redacted.Redacted<string>,
      options: RevocationOptions
    ) => Effect.Effect<RevocationAnswer>
  }
>()("@daybook/oauth/Revocation") {
  static readonly layer = Layer.sync(Revocation, () => ({ revoke: revokeWith(asking(Endpoints.make())) }))
}
