/**
 * Ends a login of our own: its provider is told (RFC 7009), its tokens leave their store, and it leaves the pool. Under
 * the grant's lock, and paused before the provider hears of it: whoever dies in between leaves a login that nobody
 * serves or sends until a person resumes it or logs out again.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { Revocation } from "@daybook/oauth/Revocation"
import { pause, remove, resume } from "@daybook/pool/decisions/Membership"
import type { Evidence } from "@daybook/pool/Evidence"
import type { CredentialId } from "@daybook/pool/Ids"
import { type Credential, type Grant, members } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import type { Note } from "@daybook/vault/Authority"
import { Clock, Context, Effect, HashMap, Layer, Option, type Redacted, Result } from "effect"
import { deadPair } from "./Conclude.ts"
import { grantState, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { LogOutError, type LogOutErrorReason } from "./LogOutError.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { emptyStash } from "./Removal.ts"
import { reread } from "./Reread.ts"
import { settled } from "./Settled.ts"
import { type Target, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** Whether the provider ended the login, and if not, why it was not told. */
export type LoggedOut =
  | { readonly revoked: true }
  | { readonly revoked: false; readonly why: "dead" | "local" | "no tokens" | "not possible" }

const make = Effect.gen(function* () {
  const services = yield* Effect.context<RefreshServices | Revocation>()
  const ledger = yield* Ledger
  return {
    /** `local`: without telling the provider; the login stays valid there. */
    logOut: Effect.fn("LogOut.logOut")(function* (
      id: CredentialId,
      { local = false }: { readonly local?: boolean } = {}
    ) {
      const { credentials } = yield* ledger.state
      const credential = Option.getOrUndefined(HashMap.get(credentials, id))
      if (credential === undefined || credential.removed) return yield* refuse(id, { _tag: "Removed" })
      return yield* Effect.provide(end(credential, local), services)
    })
  }
})

export class LogOut extends Context.Service<LogOut, Effect.Success<typeof make>>()("@daybook/refresher/LogOut") {
  static readonly layer = Layer.effect(
    LogOut,
    Effect.suspend(() => make)
  )
}

const refuse = (credential: CredentialId, reason: LogOutErrorReason) =>
  Effect.fail(new LogOutError({ credential, reason }))

const end = Effect.fnUntraced(function* (credential: Credential, local: boolean) {
  const { id, kind, ownership, source } = credential
  if (kind === "apiKey") return yield* refuse(id, { _tag: "ApiKey", source })
  if (ownership === "borrowed") return yield* refuse(id, { _tag: "Borrowed", source })
  const target = yield* targetOf(credential)
  const { whyReadOnly = "its store is read-only", writable } = target.authority
  if (!writable) return yield* refuse(id, { _tag: "ReadOnly", why: whyReadOnly })
  const ended = yield* settled(target, (locked) => Effect.uninterruptible(asResult(endLocked(locked, local))))
  return yield* Effect.fromResult(ended)
})

/** A refusal is an answer: nothing about it gets better by waiting for the lock once more. */
const asResult = <E, R>(effect: Effect.Effect<LoggedOut, E | LogOutError, R>) =>
  effect.pipe(
    Effect.map((logout) => Result.succeed(logout)),
    Effect.catchIf(
      (error): error is LogOutError => error instanceof LogOutError,
      (error) => Effect.succeed(Result.fail(error))
    )
  )

const endLocked = Effect.fnUntraced(function* (target: Target, local: boolean) {
  const credential = yield* memberOf(target)
  const { grant } = yield* grantState(target)
  if (isDead(grant)) return yield* takeOut(target, undefined, { revoked: false, why: "dead" })
  const held = yield* reread(target, "before request")
  if (held === undefined) return yield* takeOut(target, undefined, { revoked: false, why: "no tokens" })
  yield* record(...pause(credential, false))
  const ended = Effect.flatMap(local ? here : tell(target, held), (told) => takeOut(target, held, told))
  return yield* Effect.tapErrorTag(ended, "LogOutError", ({ reason }) =>
    reason._tag === "Unknown" ? Effect.void : asBefore(target, credential)
  )
})

const here = Effect.succeed<LoggedOut>({ revoked: false, why: "local" })

/** Another process may have been first while we waited for the lock. */
const memberOf = Effect.fnUntraced(function* ({ credential: { id } }: Target) {
  const { credentials } = yield* Ledger.use((ledger) => ledger.state)
  const credential = Option.getOrUndefined(HashMap.get(credentials, id))
  return credential === undefined || credential.removed ? yield* refuse(id, { _tag: "Removed" }) : credential
})

/** The provider ended it already; only an API's word leaves its refresh token in doubt. */
const isDead = ({ health }: Grant): boolean => health._tag === "Dead" && health.bound === "refresh"

/** In use as it was before. */
const asBefore = Effect.fnUntraced(function* (target: Target, before: Credential) {
  const now = yield* memberOf(target)
  yield* record(...(before.operator === "enabled" ? resume(now) : pause(now, before.keepalive)))
})

/** A refresh token takes its access tokens with it; without one the access token itself is named. */
const tell = Effect.fnUntraced(function* (target: Target, { tokens: { access, refresh } }: Held) {
  const token = refresh ?? access
  if (token === undefined) return { revoked: false, why: "no tokens" } satisfies LoggedOut
  const answer = yield* revoke(target, token, refresh === undefined ? "access_token" : "refresh_token")
  switch (answer._tag) {
    case "Revoked":
      return { revoked: true } satisfies LoggedOut
    case "Unsupported":
      return { revoked: false, why: "not possible" } satisfies LoggedOut
    case "Refused": {
      const _tag = isUnknown(answer.evidence) ? "Unknown" : "NotTold"
      const why = inWords(answer.evidence)
      return yield* refuse(target.credential.id, { _tag, provider: target.provider.name, why })
    }
  }
})

const revoke = Effect.fnUntraced(function* (
  target: Target,
  token: Redacted.Redacted<string>,
  tokenTypeHint: "access_token" | "refresh_token"
) {
  const { credential, provider } = target
  const timeLimitMillis = yield* timeLeft(target)
  if (timeLimitMillis <= 0) {
    const why = "it was not asked: the lock of the login's store was held too long before"
    return yield* refuse(credential.id, { _tag: "NotTold", provider: provider.name, why })
  }
  return yield* Revocation.use((revocation) => revocation.revoke(provider, token, { tokenTypeHint, timeLimitMillis }))
})

/** Others who wait for the store's lock are not kept waiting longer than a refresh would; what came before counts too. */
const timeLeft = Effect.fnUntraced(function* ({ authority: { holdLimit }, lockedAt = 0 }: Target) {
  const { timeLimit } = yield* PoolPolicy
  if (holdLimit === undefined) return timeLimit
  return Math.min(timeLimit, holdLimit * 0.8 - ((yield* Clock.currentTimeMillis) - lockedAt))
})

/** It left, and whoever answered need not have been the one who knows. A 503 says that nothing was done (RFC 7009 section 2.2.1). */
const isUnknown = ({ left, status }: Evidence): boolean =>
  left && (status === undefined || status === 408 || (status >= 500 && status !== 503))

const inWords = ({ code, fault, status }: Evidence): string =>
  [status, code, fault].filter((part) => part !== undefined).join(" ")

/** Its tokens first, then its membership, then what is left of its file: each step can be done again. */
const takeOut = Effect.fnUntraced(function* (target: Target, held: Held | undefined, logout: LoggedOut) {
  if (held !== undefined) yield* clear(target, held)
  yield* emptyStash(target)
  const { state } = yield* grantState(target)
  const leaving = members(state).filter(({ grant }) => grant === target.grant)
  yield* record(
    {
      type: "LogoutPerformed",
      v: 1,
      credential: target.credential.id,
      correlation: target.correlation,
      data: { grant: target.grant, revoked: logout.revoked }
    },
    ...leaving.flatMap(remove).map((event) => ({ ...event, correlation: target.correlation }))
  )
  const memory = yield* TokenMemory
  memory.forget(target.grant)
  memory.unsaved.delete(target.grant)
  if (target.authority.remove !== undefined) yield* target.authority.remove
  return logout
})

/** Only the tokens of this login: whoever logged in again meanwhile keeps what they have. */
const clear = Effect.fnUntraced(function* (target: Target, held: Held) {
  const { authority } = target
  const isOurs = yield* deadPair(target, held)
  const found = yield* authority.read
  if (isBlank(found)) return
  const { cleared } = yield* authority.clear(isOurs, yield* note(target))
  if (cleared || isBlank(yield* authority.read)) return
  const store = authority.ref.path ?? authority.ref.slot
  return yield* refuse(target.credential.id, { _tag: "OtherTokens", store })
})

/** What other programs find in the store where the tokens were. */
const note = ({ provider }: Pick<Target, "provider">) =>
  Effect.map(Clock.currentTimeMillis, (at): Note => ({
    code: "logged_out",
    message: `Daybook: logged out by an operator. ${provider.relogin}`,
    at
  }))
