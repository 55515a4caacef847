/**
 * An authorization code for tokens (RFC 6749 section 4.1.3, with the verifier of RFC 7636 section 4.5). The request is
 * sent once; one that provably never left is tried again, so that a hiccup of the network costs nobody a login.
 */
import { Effect, Redacted } from "effect"
import type { Granted } from "../DeviceAnswer.ts"
import { faultEvidence } from "../ParseAnswer.ts"
import type { Provider } from "../Provider.ts"
import type { Refused } from "../TokenEndpoint.ts"
import type { Ask } from "./Ask.ts"
import { defined } from "./Defined.ts"
import { loginAnswerOf } from "./LoginAnswer.ts"
import { revealForPost } from "./TokenRequest.ts"

export interface CodeInHand {
  readonly code: Redacted.Redacted<string>
  readonly verifier: Redacted.Redacted<string>
  readonly redirectUri: string
}

/** In milliseconds, before each further try. */
const waits = [1_000, 2_000]

/** Uninterruptible, and so are the waits. */
export const exchangeCode = Effect.fnUntraced(function* (
  ask: Ask,
  provider: Provider,
  inHand: CodeInHand,
  timeLimitMillis: number
): Effect.fn.Return<Granted | Refused> {
  let answer = yield* once(ask, provider, inHand, timeLimitMillis)
  for (const wait of waits) {
    if (answer._tag === "Granted" || !isWorthAnother(answer)) return answer
    yield* Effect.sleep(wait)
    answer = yield* once(ask, provider, inHand, timeLimitMillis)
  }
  return answer
}, Effect.uninterruptible)

/** What needs a person does not pass in seconds. */
const isWorthAnother = ({ evidence }: Refused): boolean => !evidence.left && !lasting.has(evidence.fault ?? "")

const lasting: ReadonlySet<string> = new Set(["client-secret-missing", "discovery-invalid", "insecure-endpoint"])

const once = Effect.fnUntraced(function* (
  ask: Ask,
  provider: Provider,
  { code, redirectUri, verifier }: CodeInHand,
  timeLimitMillis: number
): Effect.fn.Return<Granted | Refused> {
  const asked = yield* ask(provider, {
    endpoint: "tokenEndpoint",
    reveal: (url) =>
      revealForPost(provider, url, {
        grant_type: "authorization_code",
        code: Redacted.value(code),
        redirect_uri: redirectUri,
        ...defined({ client_id: provider.clientId }),
        code_verifier: Redacted.value(verifier)
      }),
    secrets: [code, verifier],
    timeLimitMillis
  })
  if (asked._tag === "Answered") return loginAnswerOf(provider, asked)
  return asked._tag === "Refused" ? asked : noEndpoint
})

/** Every provider has a token endpoint; `Unsupported` cannot come. */
const noEndpoint: Refused = {
  _tag: "Refused",
  evidence: faultEvidence("insecure-endpoint", false),
  durationMillis: 0
}
