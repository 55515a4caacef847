/** What a person does about a credential in its state. Pure. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Instant } from "@daybook/pool/Instant"
import type { CredentialStatus } from "@daybook/pool/queries/Status"

export const adviceOn = (credential: CredentialStatus, now: Instant): string | undefined => {
  switch (credential.word) {
    case "paused":
      return "An operator took it out of use; nothing is sent with it."
    case "dead":
      return revival(credential)
    case "suspect":
      return replay(credential, now)
    case "cooling":
      return "Nothing: it comes back by itself."
    case "ok":
      return isForeign(credential, now)
        ? "Run the program that owns it; Daybook sees its new login by itself."
        : undefined
  }
}

/** Its refresh token may be spent already, so it is not sent while the access token still serves. */
const replay = (credential: CredentialStatus, now: Instant): string =>
  isOver(credential, now)
    ? `Its access token is over; the next to need one sends the refresh token once more. To do so now, run \`daybook refresh ${credential.id}\`.`
    : "Nothing: its access token is served meanwhile; when that ends, the token is sent once more."

/** A new login, or for a key a new key; a Reused token has a second user who must stop first. */
const revival = ({ kind, provider, reason }: CredentialStatus): string => {
  if (kind === "apiKey") return `Put a new API key for ${provider} in its place.`
  const relogin = defaultProviders.find(({ id }) => id === provider)?.relogin ?? `Log in to ${provider} again.`
  return reason === "Reused" ? `Stop the other program that uses this login. ${relogin}` : relogin
}

const isForeign = (credential: CredentialStatus, now: Instant): boolean =>
  credential.ownership === "borrowed" && isOver(credential, now)

const isOver = ({ expiresAt }: CredentialStatus, now: Instant): boolean => expiresAt !== undefined && expiresAt <= now
