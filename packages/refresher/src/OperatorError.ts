/**
 * Why an operator's wish was not done. Nothing was changed then but what a dead process had left unfinished.
 */
import type { CredentialId } from "@daybook/pool/Ids"
import { Data, Match } from "effect"

export type OperatorErrorReason =
  /** It left the pool earlier. */
  | { readonly _tag: "Removed" }
  /** Another member has the same refresh token; the two would be one login. */
  | { readonly _tag: "Twin"; readonly member: CredentialId }
  | { readonly _tag: "BadLabel"; readonly label: string; readonly why: string }
  /** Another process has not made up its mind about a failure yet. */
  | { readonly _tag: "Unsettled" }
  /** The dead tokens are not in their store and not in quarantine any more. */
  | { readonly _tag: "NotKept"; readonly relogin: string }
  /** Its store holds tokens that are not the dead ones. */
  | { readonly _tag: "OtherTokens"; readonly store: string; readonly relogin: string }
  /** Its store still has the token that was spent, and not the one that came for it. */
  | { readonly _tag: "NotTaken"; readonly store: string }
  /** Its newest tokens are in memory only, and quarantine does not take them either. */
  | { readonly _tag: "NotKeptAside"; readonly why: string }
  /** Its store has no tokens to enrol. */
  | { readonly _tag: "NoTokens"; readonly store: string }

export class OperatorError extends Data.TaggedError("OperatorError")<{
  readonly credential: CredentialId
  readonly reason: OperatorErrorReason
}> {
  override get message(): string {
    return `${this.credential}: ${explain(this)}`
  }
}

const explain = ({ credential, reason }: OperatorError): string =>
  Match.valueTags(reason, {
    Removed: () => `it was removed from the pool. \`daybook enrol --again ${credential}\` brings it back.`,
    Twin: ({ member }) => `it is the same login as ${member}, which is in this pool and all that is needed.`,
    BadLabel: ({ label, why }) => `"${label}" cannot be its label: ${why}. Choose another one.`,
    Unsettled: () => `another process is still looking into a failure of it. Try again in a moment.`,
    NotKept: ({ relogin }) => `its dead tokens are not kept any more, so there is nothing to revive. ${relogin}`,
    OtherTokens: ({ relogin, store }) =>
      `${store} holds other tokens by now, which are neither its dead ones nor newer. Nothing was changed. ${relogin}`,
    NotTaken: ({ store }) =>
      `${store} has not taken its newest tokens, and those in it are spent: a program that sends them ends the login. It stays in the pool. See that the file can be written, and remove it again.`,
    NotKeptAside: ({ why }) =>
      `its newest tokens are on no disk, and would be lost with it. It stays in the pool. ${why} Then remove it again.`,
    NoTokens: ({ store }) => `${store} holds no tokens for it. Log in again with the program that keeps them there.`
  })
