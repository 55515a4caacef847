/** One provider's definition, moved to a sandbox that speaks its dialect, and what goes over the wire. */
import { Effect, Redacted, type Scope } from "effect"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import type { Controls } from "@daybook/sandbox/Controls"
import type { Login } from "@daybook/sandbox/Operations"
import type { ReceivedRequest } from "@daybook/sandbox/ReceivedRequest"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import type { SandboxError } from "@daybook/sandbox/SandboxError"
import { classifyToken } from "@daybook/oauth/Classify"
import { defineProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { type TokenAnswer, TokenEndpoint } from "@daybook/oauth/TokenEndpoint"

export interface OverHttp {
  readonly sandbox: Controls
  readonly provider: Provider
  readonly login: Login
  readonly refresh: (token: string) => Effect.Effect<TokenAnswer>
  /** Every token request so far. */
  readonly received: Effect.Effect<ReadonlyArray<ReceivedRequest>, SandboxError>
}

type Dialect = NonNullable<GrantOptions["dialect"]>

export const overHttp = Effect.fnUntraced(function* (
  definition: Provider,
  dialect: Dialect,
  options: GrantOptions = {},
  clientSecret?: string
): Effect.fn.Return<OverHttp, SandboxError, Scope.Scope> {
  const sandbox = yield* Sandbox.make({ dialect })
  const secret = clientSecret === undefined ? {} : { clientSecret: Redacted.make(clientSecret) }
  const provider = defineProvider({ ...providerAt(definition, sandbox.origin), ...secret })
  const login = yield* sandbox.issue({ dialect, ...options })
  const refresh = (token: string) =>
    TokenEndpoint.use((endpoint) => endpoint.refresh(provider, Redacted.make(token), { timeLimitMillis: 5_000 })).pipe(
      Effect.provide(TokenEndpoint.layer)
    )
  const received = Effect.map(sandbox.journal, (posts) =>
    posts.flatMap(({ request }) => (request === null ? [] : [request]))
  )
  return { sandbox, provider, login, refresh, received }
})

/** `Terminal Reused`, or `Granted`. */
export const verdictOn = ({ provider }: OverHttp, answer: TokenAnswer, now: number): string => {
  if (answer._tag === "Granted") return "Granted"
  const verdict = classifyToken(provider, answer.evidence, now)
  return `${verdict.verdict} ${verdict.reason}`
}
