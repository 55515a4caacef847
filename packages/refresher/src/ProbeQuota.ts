/**
 * Asks a provider whether the quota of a benched credential is free again, before its bench ends by itself: a plan that
 * was topped up, or a reset that was named too late, costs nobody a day. One question at a time for each credential,
 * and not again for a while whatever the answer.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import { concludeProbe } from "@daybook/pool/decisions/Quota"
import type { Credential } from "@daybook/pool/PoolState"
import { Clock, Effect, HashMap, Option } from "effect"
import { record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { reportRefusal } from "./ReportAnswer.ts"
import { targetOf } from "./Target.ts"

/** Records what the provider said; its bench ends if every window is free. `held` are tokens worth sending. */
export const probeQuota = Effect.fnUntraced(function* (credential: Credential, held: Held) {
  const target = yield* targetOf(credential)
  const { timeLimit } = yield* PoolPolicy
  const answer = yield* UsageEndpoint.use((usage) => usage.read(target.provider, held.tokens, timeLimit))
  switch (answer._tag) {
    case "Windows": {
      const events = concludeProbe(yield* asItIs(credential), answer.windows, yield* Clock.currentTimeMillis)
      if (events.length > 0) yield* record(...events)
      return
    }
    case "Refused":
      // Only a refused token says something of the login: some logins may use the API and not ask about it.
      if (answer.evidence.status === 401) {
        yield* reportRefusal({ credential, generation: held.generation }, answer.evidence)
      }
      return
    case "Unasked":
      return
  }
})

/** Somebody else's answer may have come meanwhile. */
const asItIs = Effect.fnUntraced(function* (credential: Credential) {
  const { credentials } = yield* Ledger.use((ledger) => ledger.state)
  return Option.getOrElse(HashMap.get(credentials, credential.id), () => credential)
})
