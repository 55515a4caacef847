/**
 * Why nobody was logged out. The login is as it was, unless the provider may have ended it.
 */
import type { CredentialId } from "@daybook/pool/Ids"
import { Data, Match } from "effect"

export type LogOutErrorReason =
  | { readonly _tag: "Removed" }
  | { readonly _tag: "ApiKey"; readonly source: string }
  /** Another program owns it, by this name. */
  | { readonly _tag: "Borrowed"; readonly source: string }
  | { readonly _tag: "ReadOnly"; readonly why: string }
  /** The provider refused, or could not be asked. */
  | { readonly _tag: "NotTold"; readonly provider: string; readonly why: string }
  /** The provider was asked, and may have ended it: it is left paused, so that nobody goes on with what may be over. */
  | { readonly _tag: "Unknown"; readonly provider: string; readonly why: string }
  /** Somebody logged in again meanwhile; the new login was not logged out. */
  | { readonly _tag: "OtherTokens"; readonly store: string }

export class LogOutError extends Data.TaggedError("LogOutError")<{
  readonly credential: CredentialId
  readonly reason: LogOutErrorReason
}> {
  override get message(): string {
    return `${this.credential}: ${explain(this)}`
  }
}

const explain = ({ credential, reason }: LogOutError): string =>
  Match.valueTags(reason, {
    Removed: () => "it is not in the pool any more, so there is nothing to log out.",
    ApiKey: ({ source }) =>
      `it is an API key (${source}), and nobody is logged in with it. \`daybook remove ${credential}\` takes it out of the pool.`,
    Borrowed: ({ source }) =>
      `its login belongs to another program (${source}); log out there. \`daybook remove ${credential}\` takes it out of this pool only.`,
    ReadOnly: ({ why }) => `its login is not this pool's to end: ${why}.`,
    NotTold: ({ provider, why }) =>
      `${provider} did not end the login (${why}). Nothing was changed; try again, or give --local to log out here only, which leaves the login valid at ${provider}.`,
    Unknown: ({ provider, why }) =>
      `${provider} may have ended the login: it was asked, and gave no clear answer (${why}). It is paused until that is known. Run the same again, or \`daybook resume ${credential}\` to go on with it.`,
    OtherTokens: ({ store }) =>
      `${store} holds the tokens of a newer login by now, and that one was not logged out. Run the same again if it should be.`
  })
