/**
 * Who hears of an event: the program that asked for all of them, and a person, once for each login that dies and for each
 * loop. No listener can hold up or break the pool.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { Providers } from "@daybook/oauth/Providers"
import type { Recorded } from "@daybook/pool/Recorded"
import { Context, Effect, Predicate } from "effect"
import { lineOf, makeNotices, type Notice } from "./PoolNotice.ts"

/**
 * Called with each event, and with the notice that it gives rise to, if any. Nobody waits for what it answers. A notice
 * that is due when the pool is closed, since no event came to bring it, is a warning in the log.
 */
export type OnEvent = (event: Recorded, notice?: Notice) => unknown

/** None unless given; then notices are warnings in the log. */
export const Listener = Context.Reference<OnEvent | undefined>("@daybook/refresher/Listener", {
  defaultValue: () => undefined
})

export const makeListeners = Effect.gen(function* () {
  const ledger = yield* Ledger
  const noticesOf = makeNotices(yield* Providers)
  const listener = yield* Listener
  const run = Effect.runForkWith(yield* Effect.context())
  const warn = (message: string) => void run(Effect.logWarning(message))
  const due: Array<Notice> = []
  yield* Effect.addFinalizer(() => Effect.forEach(due.splice(0), (notice) => Effect.logWarning(lineOf(notice))))
  const hear = listener === undefined ? logging(warn) : oneByOne(unharmed(listener, warn), due)
  return (event: Recorded): void => hear(event, noticesOf(ledger.known(), event))
})

type Hear = (event: Recorded, notices: ReadonlyArray<Notice>) => void

/** An event is handed over once, with one notice; a second one is due with the event after it. */
const oneByOne =
  (listener: OnEvent, due: Array<Notice>): Hear =>
  (event, notices) => {
    due.push(...notices)
    listener(event, due.shift())
  }

/** A process that opened several pools on one ledger says it once. */
const logged = new Set<string>()

const logging =
  (warn: (message: string) => void): Hear =>
  ({ id }, notices) => {
    for (const notice of notices) {
      const name = `${id} ${notice.kind}`
      if (logged.has(name)) continue
      logged.add(name)
      warn(lineOf(notice))
    }
  }

/** What it throws is said the first time; so is what a promise of its is rejected with. */
const unharmed = (listener: OnEvent, warn: (message: string) => void): OnEvent => {
  let isSaid = false
  const complain = (error: unknown) => {
    if (isSaid) return
    isSaid = true
    warn(`onEvent failed, and is called for the next event all the same: ${wordsOf(error)}`)
  }
  return (event, notice) => {
    try {
      const answer = notice === undefined ? listener(event) : listener(event, notice)
      if (Predicate.isPromiseLike(answer)) answer.then(undefined, complain)
    } catch (error) {
      complain(error)
    }
  }
}

const wordsOf = (error: unknown): string => (Predicate.isError(error) ? error.message : String(error))
