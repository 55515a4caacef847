/** What a person does about a credential in its state. Pure. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Instant } from "@daybook/pool/Instant"
import type { CredentialStatus } from "@daybook/pool/queries/Status"
import { absolute } from "./render/Time.ts"

export const adviceOn = (credential: CredentialStatus, now: Instant): string | undefined => {
  switch (credential.word) {
    case "paused":
      return "An operator took it out of use; nothing is sent with it."
    case "dead":
      return revival(credential)
    case "suspect":
      return `Nothing yet: ${replay(credential)}. If it stays so, run \`daybook refresh ${credential.id}\`.`
    case "cooling":
      return "Nothing: it comes back by itself."
    case "ok":
      return isForeign(credential, now)
        ? "Run the program that owns it; Daybook sees its new login by itself."
        : undefined
  }
}

const replay = ({ until }: CredentialStatus): string =>
  until === undefined
    ? "it is tried once more when its access token has run out"
    : `it is tried again at ${absolute(until)}`

/** A new login, or for a key a new key; a Reused token has a second user who must stop first. */
const revival = ({ kind, provider, reason }: CredentialStatus): string => {
  if (kind === "apiKey") return `Put a new API key for ${provider} in its place.`
  const relogin = defaultProviders.find(({ id }) => id === provider)?.relogin ?? `Log in to ${provider} again.`
  return reason === "Reused" ? `Stop the other program that uses this login. ${relogin}` : relogin
}

const isForeign = ({ expiresAt, ownership }: CredentialStatus, now: Instant): boolean =>
  ownership === "borrowed" && expiresAt !== undefined && expiresAt <= now
