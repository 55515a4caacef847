/** What a person does about a credential in its state. Pure. */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Instant } from "@daybook/pool/Instant"
import type { CredentialStatus } from "@daybook/pool/queries/Status"
import { relogin } from "@daybook/refresher/Relogin"
import { moment } from "@daybook/words/Time"

export const adviceOn = (credential: CredentialStatus, now: Instant): string | undefined =>
  [inItsState(credential, now), beforeItEnds(credential, now)].filter((part) => part !== undefined).join(" ") ||
  undefined

const inItsState = (credential: CredentialStatus, now: Instant): string | undefined => {
  switch (credential.word) {
    case "paused":
      return paused(credential)
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

const paused = ({ id, keepalive }: CredentialStatus): string =>
  `An operator took it out of use; ${
    keepalive ? "it is only refreshed before it lapses" : "nothing is sent with it"
  }. \`daybook resume ${id}\` puts it back.`

const threeDays = 3 * 86_400_000

/** A login that ends whatever is refreshed has to be made again in time. */
const beforeItEnds = (credential: CredentialStatus, now: Instant): string | undefined => {
  const { deadline, word } = credential
  return deadline === undefined || word === "dead" || deadline - now >= threeDays
    ? undefined
    : `The whole login ends ${moment(deadline, now)}, whatever is refreshed. ${reloginOf(credential)}`
}

/** Its refresh token may be spent already, so it is not sent while the access token still serves. */
const replay = (credential: CredentialStatus, now: Instant): string =>
  isOver(credential, now)
    ? `Its access token is over; the next to need one sends the refresh token once more. To do so now, run \`daybook refresh ${credential.id}\`.`
    : "Nothing: its access token is served meanwhile; when that ends, the token is sent once more."

/** A new login, or for a key a new key; a Reused token has a second user who must stop first. */
const revival = (credential: CredentialStatus): string => {
  const { id, kind, provider, reason } = credential
  const renew = kind === "apiKey" ? `Put a new API key for ${provider} in its place.` : reloginOf(credential)
  const stop = reason === "Reused" ? "Stop the other program that uses this login. " : ""
  return `${stop}${renew} If you know that it is alive, \`daybook revive ${id}\` allows one more try.`
}

const reloginOf = (credential: CredentialStatus): string => {
  const known = defaultProviders.find((one) => one.id === credential.provider)
  return known === undefined ? `Log in to ${credential.provider} again.` : relogin(known, credential)
}

const isForeign = (credential: CredentialStatus, now: Instant): boolean =>
  credential.ownership === "borrowed" && isOver(credential, now)

const isOver = ({ expiresAt }: CredentialStatus, now: Instant): boolean => expiresAt !== undefined && expiresAt <= now
