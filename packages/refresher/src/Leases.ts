/**
 * Who uses a credential at the moment, counted over all processes that share a home, in a file there for each credential
 * (see `files/src/Tally.ts`): the uses of a process end with it, however it dies. A lease keeps nobody
 * out. Nothing is counted, and no file opened, under a policy that asks for no count.
 *
 * Where the system cannot lock a part of a file, or refuses, a process counts its own uses only.
 */
import * as Tally from "@daybook/files/Tally"
import type { CredentialId } from "@daybook/pool/Ids"
import { countsLeases } from "@daybook/pool/decisions/Rank"
import { Context, Effect, Layer } from "effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { PoolPolicy } from "./PoolPolicy.ts"

export class Leases extends Context.Service<
  Leases,
  {
    /** Counts as one use of the credential until the function is called that this answers; nothing, if no uses are counted. */
    readonly hold: (credential: CredentialId) => (() => void) | undefined
    /** How many uses of it are going on. */
    readonly count: (credential: CredentialId) => number
  }
>()("@daybook/refresher/Leases") {
  static readonly layer = (home: string) =>
    Layer.effect(
      Leases,
      Effect.flatMap(PoolPolicy, (policy) => (countsLeases(policy) ? make(home) : Effect.succeed(uncounted)))
    )
}

const uncounted = Leases.of({ hold: () => undefined, count: () => 0 })

/** How the uses of one credential are counted; `begin` answers what ends the use, once. */
interface Counter {
  readonly begin: () => () => void
  readonly count: () => number
}

const make = Effect.fnUntraced(function* (home: string) {
  const create = (yield* Tally.isAvailable) ? yield* overAll(join(home, "leases")) : ownOnly
  const counters = new Map<CredentialId, Counter>()
  const counterOf = (credential: CredentialId): Counter => {
    const counter = counters.get(credential) ?? create(credential)
    counters.set(credential, counter)
    return counter
  }
  return Leases.of({
    hold: (credential) => counterOf(credential).begin(),
    count: (credential) => counterOf(credential).count()
  })
})

/** One file for each credential. If the system refuses it, that is said once, and the uses of this process are counted. */
const overAll = Effect.fnUntraced(function* (folder: string) {
  const tallyAt = yield* Tally.open
  const warn = yield* Effect.map(Effect.context(), Effect.runForkWith)
  return (credential: CredentialId): Counter => {
    const tally = tallyAt(join(folder, `${encodeURIComponent(credential)}.lock`))
    const own = ownOnly()
    let refused = false
    const orOwn = <A>(act: () => A, otherwise: A): A => {
      if (refused) return otherwise
      try {
        return act()
      } catch (error) {
        refused = true
        warn(Effect.logWarning(`The uses of ${credential} are counted within this process only. ${messageOf(error)}`))
        return otherwise
      }
    }
    return {
      begin: () => {
        const end = own.begin()
        const isCounted = orOwn(() => addedTo(tally, folder), false)
        return once(() => {
          end()
          if (isCounted) orOwn(tally.subtract, undefined)
        })
      },
      count: () => Math.max(orOwn(tally.count, 0), own.count())
    }
  }
})

const addedTo = (tally: Tally.Tally, folder: string): boolean => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  tally.add()
  return true
}

const ownOnly = (): Counter => {
  let uses = 0
  return {
    begin: () => {
      uses += 1
      return once(() => void (uses -= 1))
    },
    count: () => uses
  }
}

const once = (end: () => void) => {
  let ended = false
  return () => {
    if (!ended) end()
    ended = true
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
