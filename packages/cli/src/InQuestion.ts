/** Whom a person means who asks why and names no credential: the only one that is not as it should be, or the only one. */
import { type Credential, members } from "@daybook/pool/PoolState"
import { type CredentialStatus, statusOf } from "@daybook/pool/queries/Status"
import { Effect } from "effect"
import { exitCodes } from "./ExitCode.ts"
import type { Standing } from "./History.ts"
import type { OnSameLedger } from "./SameLedger.ts"
import { Stop } from "./Stop.ts"

export const inQuestion = ({ at, state }: Standing, again: OnSameLedger): Effect.Effect<Credential, Stop> => {
  const all = statusOf(state, at).credentials
  const amiss = all.filter(({ word }) => !well.has(word))
  const [only, ...others] = amiss.length === 0 ? all : amiss
  const credential = members(state).find(({ id }) => id === only?.id)
  if (only === undefined || credential === undefined) {
    return usage(
      `There was no credential in the pool at event ${state.head}. Name one that was in it: \`${again("daybook log")}\`.`
    )
  }
  return others.length === 0 ? Effect.succeed(credential) : usage(choice([only, ...others], again))
}

const well: ReadonlySet<CredentialStatus["word"]> = new Set(["ok", "paused"])

/** So many are named. */
const most = 20

const choice = (all: ReadonlyArray<CredentialStatus>, again: OnSameLedger): string => {
  const named = all.slice(0, most).map(({ id, word }) => `${id} (${word})`)
  const more = all.length > most ? ` and ${all.length - most} more` : ""
  return `Say which credential is meant, as in \`${again(`daybook why ${all[0]?.id}`)}\`: ${named.join(", ")}${more}.`
}

const usage = (message: string): Effect.Effect<never, Stop> =>
  Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))
