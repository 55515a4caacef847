/**
 * Why there is no token, and what a person does about it.
 */
import type { Dead } from "@daybook/pool/PoolState"
import { RefreshError, Terminal } from "@daybook/pool/RefreshError"
import type { TerminalReason } from "@daybook/pool/Verdict"
import { Effect } from "effect"
import { relogin } from "./Relogin.ts"
import { remedyOf } from "./Remedy.ts"
import { type Target, transient } from "./Target.ts"

export const nothingKept = (target: Target) =>
  transient(
    target.credential,
    "StoreUnavailable",
    `${target.authority.ref.path ?? target.authority.ref.slot} holds no tokens for it. ${reloginOf(target)}`
  )

export const anotherLogin = (target: Target) =>
  transient(
    target.credential,
    "StoreUnavailable",
    `${target.authority.ref.path ?? target.authority.ref.slot} holds the login of another account. Log in with the first account again, or begin a pool of its own for the other one in another home`
  )

export const dead = (target: Target, { reason, rule, since }: Dead) => terminal(target, reason, rule, since)

export const terminal = (target: Target, reason: TerminalReason, rule: string, since?: number) =>
  Effect.fail(
    new RefreshError({
      provider: target.provider.id,
      credential: target.credential.id,
      grant: target.grant,
      reason: new Terminal({
        reason,
        rule,
        ...(since === undefined ? {} : { since }),
        remedy: remedyOf(target.provider, target.credential, reason)
      })
    })
  )

const reloginOf = ({ credential, provider }: Target): string => relogin(provider, credential)
