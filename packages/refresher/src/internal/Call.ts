/** What one call has tried so far, and whom it asks next. */
import type { NextStep, Tried } from "@daybook/pool/decisions/NextStep"
import type { GenerationRef } from "@daybook/pool/Generation"
import type { CredentialId } from "@daybook/pool/Ids"
import { grantById, type PoolState } from "@daybook/pool/PoolState"
import type { ApiVerdict } from "@daybook/pool/Verdict"
import { Effect, HashMap, Option } from "effect"
import type { Token } from "../CredentialPool.ts"
import type { UseOptions } from "../CredentialUse.ts"
import type { TokenRequest } from "../HeldFor.ts"

const usualAttempts = 4

export class Call {
  sent = 0
  readonly provider: string
  readonly renewed = new Set<CredentialId>()
  readonly refused: Array<CredentialId> = []
  private readonly options: UseOptions

  constructor(provider: string, options: UseOptions) {
    this.provider = provider
    this.options = options
  }

  /** Whoever was not refused yet. */
  anyone(): TokenRequest {
    const { credential, model } = this.options
    return {
      ...(credential === undefined ? {} : { credential }),
      ...(model === undefined ? {} : { model }),
      ...(this.refused.length === 0 ? {} : { except: this.refused })
    }
  }

  renewalOf({ credential, token }: Token): TokenRequest {
    return { ...this.anyone(), credential, failedToken: token }
  }

  tried({ credential, generation }: Token, state: PoolState): Tried {
    const { credential: named, maxAttempts = usualAttempts, repeatable = true } = this.options
    return {
      sent: this.sent,
      mostSent: maxAttempts,
      renewed: this.renewed.has(credential),
      moved: currentOf(state, credential)?.access !== generation.access,
      named: named !== undefined,
      repeatable
    }
  }

  say(step: NextStep, { credential, label, provider }: Token, verdict: ApiVerdict): Effect.Effect<void> {
    const { onStep } = this.options
    if (onStep === undefined) return Effect.void
    const told = { ...step, provider, credential, ...(label === undefined ? {} : { label }), verdict, sent: this.sent }
    return Effect.try({ try: () => onStep(told), catch: String }).pipe(
      Effect.catch((error) => Effect.logWarning(`The function that is told of steps threw: ${error}`))
    )
  }
}

const currentOf = (state: PoolState, id: CredentialId): GenerationRef | undefined => {
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, id))
  return credential === undefined ? undefined : grantById(state, credential.grant).current
}
