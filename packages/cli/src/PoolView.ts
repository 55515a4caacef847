/**
 * A pool as it is shown: the read model of its ledger, with the labels that only the stores may hold, and the one
 * thing to do about each credential. Plain values.
 */
import type { Instant } from "@daybook/pool/Instant"
import type { CredentialStatus, PoolStatus } from "@daybook/pool/queries/Status"
import type { Login, Survey } from "@daybook/vault/Login"
import { adviceOn } from "./Advice.ts"
import { lostLogin } from "./LostLogin.ts"

export interface Row extends CredentialStatus {
  /** What a person does now; absent if there is nothing to do. */
  readonly todo: string | undefined
  /** Why its tokens are not where this pool keeps them; absent if they are. */
  readonly lost?: string
}

export interface Problem {
  readonly path: string
  readonly message: string
}

export interface PoolView {
  readonly home: string
  readonly at: Instant
  /** Of the last event. */
  readonly head: number
  readonly rows: ReadonlyArray<Row>
  readonly unknownEvents: number
  /** Stores that could not be read for their labels. */
  readonly problems: ReadonlyArray<Problem>
}

export const viewOf = (
  status: PoolStatus,
  survey: Survey,
  about: Pick<PoolView, "home" | "at" | "head">
): PoolView => ({
  ...about,
  rows: status.credentials.map((credential) => rowOf(credential, survey, about)),
  unknownEvents: status.unknownEvents,
  problems: survey.problems.map(({ message, path }) => ({ path, message }))
})

const rowOf = (credential: CredentialStatus, survey: Survey, { at, home }: Pick<PoolView, "home" | "at">): Row => {
  const lost = lostLogin(credential, survey, home)
  return {
    ...credential,
    label: labelOf(credential, survey.logins),
    todo: lost?.todo ?? adviceOn(credential, at),
    ...(lost === undefined ? {} : { lost: lost.says })
  }
}

/** The store's own, which may be an address, unless an operator gave it another one. */
const labelOf = (credential: CredentialStatus, logins: ReadonlyArray<Login>): string | undefined =>
  credential.relabelled
    ? credential.label
    : (logins.find((login) => isSamePlace(login, credential))?.label ?? credential.label)

const isSamePlace = (login: Login, { provider, store }: CredentialStatus): boolean =>
  login.provider === provider &&
  login.store.kind === store.kind &&
  login.store.path === store.path &&
  login.store.slot === store.slot
