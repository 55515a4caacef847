/**
 * What a person should hear of at once, and what to do about it: a login that died. One notice for each quarantined
 * generation, however many events, credentials and processes speak of it.
 */
import type { Providers } from "@daybook/oauth/Providers"
import type { EventOf } from "@daybook/pool/Event"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import type { Envelope, Recorded } from "@daybook/pool/Recorded"
import { isNews, noDeaths, withEvent } from "@daybook/pool/queries/Deaths"
import { subjectOf } from "@daybook/pool/queries/Subject"
import { Option } from "effect"
import { remedyOf } from "./Remedy.ts"
import { definitionFor } from "./Target.ts"

/** `kind` tells what it is about; other kinds may come. */
export type Notice = QuarantineNotice

/** A login or a key is dead; nothing is sent with it again. */
export interface QuarantineNotice {
  readonly kind: "quarantine"
  readonly provider: string
  /** Id of the credential. */
  readonly credential: string
  readonly label?: string
  /** What happened. */
  readonly message: string
  /** What a person does now. */
  readonly remedy: string
}

/** As one line. An error about the same death has the same words. */
export const lineOf = ({ message, remedy }: Notice): string => `${message} ${remedy}`

/** Remembers which deaths were told. */
export const makeNotices = (providers: Providers["Service"]) => {
  let told = noDeaths
  return (state: PoolState, event: Recorded): Notice | undefined => {
    const news = isNews(told, event)
    told = withEvent(told, event)
    const credential = news ? subjectOf(state, event) : undefined
    return credential === undefined || event.type !== "CredentialQuarantined"
      ? undefined
      : quarantineNotice(providers, credential, event)
  }
}

const quarantineNotice = (
  providers: Providers["Service"],
  credential: Credential,
  { data: { reason, rule } }: Envelope & EventOf<"CredentialQuarantined">
): QuarantineNotice => {
  const { id, label, provider } = credential
  return {
    kind: "quarantine",
    provider,
    credential: id,
    ...(label === undefined ? {} : { label }),
    message: `${provider} (${id}): the login is dead (${reason}, rule ${rule}).`,
    remedy: Option.match(definitionFor(providers, credential), {
      onNone: () => `Log in to ${provider} again.`,
      onSome: (defined) => remedyOf(defined, credential, reason)
    })
  }
}
