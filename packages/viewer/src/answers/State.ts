/** The pool at a cursor: how each credential stands, in a word, a note and all its axes. */
import type { Instant } from "@daybook/pool/Instant"
import { type Credential, members, type PoolState } from "@daybook/pool/PoolState"
import { axesOf } from "@daybook/pool/queries/Axes"
import { credentialStatus, type CredentialStatus } from "@daybook/pool/queries/Status"
import { axisNames, axisTitles, axisWords } from "@daybook/words/AxisWords"
import { type Names, namesIn } from "@daybook/words/Names"
import { absolute, moment } from "@daybook/words/Time"
import { bandWordOf } from "../model/BandWord.ts"
import type { Context } from "../model/Context.ts"
import type { Answers, CredentialView, Field } from "../Questions.ts"

type State = Answers["state"]

export const state = async ({ stateAt }: Context, { at }: State["question"]): Promise<State["answer"]> => {
  const pool = await stateAt(at)
  const names = namesIn(pool)
  const credentials = members(pool).map((credential) => viewOf(pool, credential, at.now, names))
  return { at, credentials, unknown: pool.unknown }
}

const viewOf = (pool: PoolState, credential: Credential, now: Instant, names: Names): CredentialView => {
  const status = credentialStatus(pool, credential, now)
  const { id, label, provider } = status
  return {
    id,
    label,
    provider,
    word: bandWordOf(status),
    note: noteOf(status),
    axes: fieldsOf(pool, credential, now, names)
  }
}

const noteOf = ({ reason, sameAccountAs, since, until }: CredentialStatus): string | undefined =>
  [
    reason,
    sameAccountAs && `of the same account as ${sameAccountAs}`,
    since && `since ${absolute(since)}`,
    until && `until ${absolute(until)}`
  ]
    .filter((part) => part !== undefined)
    .join(", ") || undefined

const fieldsOf = (pool: PoolState, credential: Credential, now: Instant, names: Names): ReadonlyArray<Field> => {
  const axes = axesOf(pool, credential, now)
  const telling = { names, time: (instant: Instant) => moment(instant, now) }
  return axisNames.map((name) => ({ title: axisTitles[name], text: axisWords(name, axes, telling) }))
}
