/**
 * The answer that `getToken` gave last, given again without a fiber for as long as it must be the same: nothing was
 * appended since, the tokens in hand are the ones of then, and nothing has become due. Whoever calls an API a thousand
 * times a second asks the pool as often.
 */
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import type { Token } from "./CredentialPool.ts"
import type { Held } from "./Held.ts"
import type { TokenRequest } from "./HeldFor.ts"

/** Benches end by the clock alone, and then another credential may come first: this late at most, in milliseconds. */
const lookAgainAfter = 1_000

/** A program may ask with any number of models. */
const most = 1_000

export interface Ready {
  readonly token: Token
  readonly credential: Credential
  readonly held: Held
  readonly from: Instant
  /** From then on its next token is due. */
  readonly dueAt: Instant
}

export class ReadyTokens {
  private state: PoolState | undefined
  private readonly answers = new Map<string, Ready>()

  get(provider: string, request: TokenRequest | undefined, state: PoolState, now: Instant): Ready | undefined {
    if (state !== this.state || !wantsAnyGood(request)) return undefined
    const ready = this.answers.get(nameOf(provider, request))
    return ready !== undefined && isWithin(ready, now) ? ready : undefined
  }

  /** `state` is the fold on which the token was chosen. What was chosen on another one is forgotten. */
  set(provider: string, request: TokenRequest, state: PoolState, ready: Ready): void {
    if (!wantsAnyGood(request)) return
    if (state !== this.state || this.answers.size >= most) this.answers.clear()
    this.state = state
    this.answers.set(nameOf(provider, request), ready)
  }
}

/** Others want a token that differs from one they have. */
const wantsAnyGood = (request: TokenRequest | undefined): boolean =>
  request?.failedToken === undefined && request?.forceRefresh !== true && request?.except === undefined

/** A clock that was set back is not believed. */
const isWithin = ({ dueAt, from }: Ready, now: Instant): boolean =>
  now >= from && now < dueAt && now - from < lookAgainAfter

const nameOf = (provider: string, request: TokenRequest | undefined): string =>
  request?.credential === undefined && request?.model === undefined
    ? provider
    : JSON.stringify([provider, request.credential, request.model])
