/**
 * Why a login came to nothing, or to something else than was wished. Each message names the one next step. Where tokens
 * were already there it says where they are: none is thrown away.
 */
import type { Evidence } from "@daybook/pool/Evidence"
import type { CredentialId } from "@daybook/pool/Ids"
import type { LoginMethod } from "@daybook/oauth/LoginMethods"
import { Data, Match } from "effect"

export type LogInReason =
  | { readonly _tag: "UnknownProvider"; readonly known: ReadonlyArray<string> }
  /** Its definition leads to no login, or not to one of the wished kind. */
  | {
      readonly _tag: "NoMethod"
      readonly wished: LoginMethod | undefined
      readonly has: ReadonlyArray<LoginMethod>
      readonly relogin: string
    }
  /** The credential that was named cannot be logged in to from here. */
  | { readonly _tag: "NotOurs"; readonly credential: CredentialId; readonly why: string }
  /** Nobody can listen where the browser would come back to. */
  | { readonly _tag: "NoListener"; readonly why: string }
  | { readonly _tag: "Denied" }
  /** `ignored`: meanwhile an answer to another login came by. */
  | { readonly _tag: "Expired"; readonly ignored: boolean }
  | { readonly _tag: "NothingPasted" }
  | { readonly _tag: "WrongState" }
  | { readonly _tag: "WrongIssuer" }
  | { readonly _tag: "WrongNonce" }
  | { readonly _tag: "Refused"; readonly evidence: Evidence }
  /** The person logged in to another account than the credential's. */
  | { readonly _tag: "AnotherAccount"; readonly credential: CredentialId; readonly became: CredentialId }
  /** The credential's own store did not take it. */
  | {
      readonly _tag: "NotInPlace"
      readonly credential: CredentialId
      readonly became: CredentialId
      readonly why: string
    }
  /** The tokens are on disk, but the pool does not have them yet. */
  | { readonly _tag: "NotEnrolled"; readonly path: string; readonly why: string; readonly byItself: boolean }
  /** No disk took the tokens. */
  | { readonly _tag: "NotKept"; readonly why: string }

export class LogInError extends Data.TaggedError("LogInError")<{
  readonly provider: string
  readonly reason: LogInReason
}> {
  override get message(): string {
    return explain(this.provider, this.reason)
  }
}

const again = "Begin again."

const explain = (provider: string, reason: LogInReason): string =>
  Match.valueTags(reason, {
    UnknownProvider: ({ known }) => `No provider "${provider}" is defined. Known are: ${known.join(", ")}.`,
    NoMethod: ({ has, relogin, wished }) =>
      has.length === 0
        ? `Daybook cannot log in to ${provider}. ${relogin}`
        : `${provider} has no login by ${words[wished ?? "browser"]}. It has one by ${has.map((one) => words[one]).join(" or ")}.`,
    NotOurs: ({ credential, why }) => `${credential} cannot be logged in to: ${why}`,
    NoListener: ({ why }) => why,
    Denied: () => `The login to ${provider} was not allowed. ${again}`,
    Expired: ({ ignored }) =>
      ignored
        ? `Nobody finished the login to ${provider} in time; an answer that came belonged to another login. ${again}`
        : `Nobody finished the login to ${provider} in time. ${again}`,
    NothingPasted: () => `Nothing was pasted, so nobody was logged in to ${provider}. ${again}`,
    WrongState: () => `That is the answer to another login. ${again}`,
    WrongIssuer: () => `Another server than that of ${provider} answered, so the answer was not used. ${again}`,
    WrongNonce: () => `${provider} answered with tokens made for another login, so they were not used. ${again}`,
    Refused: ({ evidence }) => `${provider} ${whatCame(evidence)}: ${inWords(evidence)}. ${nextAfter(evidence)}`,
    AnotherAccount: ({ became, credential }) =>
      `The login is of another account than ${credential}, which stays as it was. It is in the pool as ${became}; remove that if you do not want it.`,
    NotInPlace: ({ became, credential, why }) =>
      `${why} So ${credential} stays as it was, and the login is in the pool as ${became}; remove either.`,
    NotEnrolled: ({ byItself, path, why }) =>
      `The login is kept in ${path}, but not in the pool yet: ${why} ${
        byItself ? "The next program that opens the pool enrols it." : "Mend that, and log in again."
      }`,
    NotKept: ({ why }) => `The login was made, and no disk took its tokens: ${why} Mend that, and log in again.`
  })

const words: { readonly [M in LoginMethod]: string } = { browser: "browser", device: "device code", paste: "pasting" }

const inWords = ({ code, fault, message, status }: Evidence): string =>
  [fault, status, code, message === undefined ? undefined : `"${message}"`]
    .filter((part) => part !== undefined)
    .join(" ") || "without a word"

/** Nobody has refused what never reached anybody. */
const whatCame = ({ fault, left }: Evidence): string =>
  left || fault === "client-secret-missing" ? "refused the login" : "could not be reached"

const nextAfter = ({ fault, left, status }: Evidence): string => {
  if (fault === "client-secret-missing") return "Give it the client secret first."
  if (!left) return "Look at the network, and begin again."
  return status === 429 ? "Wait a while, and begin again." : again
}
