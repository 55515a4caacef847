/**
 * A ledger to look back into, and the moment that is looked at. Read only; a damaged ledger answers from what stands
 * before the damage, and says so. What is answered for a moment named by an event depends on the ledger alone.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger, type ScanEnd, type ScanOptions } from "@daybook/ledger/Ledger"
import { type Damaged, LedgerError } from "@daybook/ledger/LedgerError"
import type { Moment } from "@daybook/ledger/Moment"
import type { Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { Clock, Context, Effect, HashMap, Layer, Option, type Scope } from "effect"
import * as At from "./At.ts"
import { exitCodes } from "./ExitCode.ts"
import { damageMessage } from "./Failure.ts"
import { findCredential } from "./FindCredential.ts"
import type { HistoryFlags } from "./HistoryFlags.ts"
import { version } from "./internal/Version.ts"
import * as LedgerFolder from "./LedgerFolder.ts"
import * as Output from "./Output.ts"
import { absolute } from "@daybook/words/Time"
import type { Settings } from "./Settings.ts"
import { keepNurserySmall } from "./SmallHeap.ts"
import { Stop } from "./Stop.ts"

/** The pool as it stood. */
export interface Standing {
  readonly state: PoolState
  /** For which answers are given: of a bench that ends, whether it has. */
  readonly at: Instant
}

export interface History extends Standing {
  readonly ledger: Ledger["Service"]
  readonly folder: string
  /** The pool at the end of what can be read. */
  readonly end: Standing
  readonly damage: Damaged | undefined
}

type Told = Pick<Settings, "home">
type Asked = Partial<HistoryFlags>

/** Opens the ledger; `at` may be left out by commands that always look at all of it. */
export const open = Effect.fnUntraced(function* (
  told: Told,
  asked: Asked
): Effect.fn.Return<History, LedgerError | Stop, Scope.Scope> {
  const history = yield* wholeOf(yield* find(told, asked), asked)
  keepNurserySmall()
  return history
})

/** For an answer that needs no more than the pool as it stood. A long ledger is not read to its end for it. */
export const look = Effect.fnUntraced(function* (
  told: Told,
  asked: Asked
): Effect.fn.Return<Pick<History, "at" | "damage" | "state">, LedgerError | Stop, Scope.Scope> {
  const found = yield* find(told, asked)
  const early = yield* before(found.ledger, asked)
  if (early === undefined) return yield* wholeOf(found, asked)
  sayUnknown(early.state)
  return { ...early, damage: undefined }
})

const find = Effect.fnUntraced(function* ({ home }: Told, { ledger: named = Option.none() }: Asked) {
  const folder = yield* LedgerFolder.find(named, home)
  const opening = openAt(folder)
  const ledger = yield* Option.isNone(named)
    ? opening
    : Effect.catchReason(opening, "LedgerError", "Missing", () => noLedger(folder))
  return { folder, ledger }
})

type Found = Pick<History, "folder" | "ledger">

const wholeOf = Effect.fnUntraced(function* (
  { folder, ledger }: Found,
  { at = Option.none(), ledger: named = Option.none() }: Asked
): Effect.fn.Return<History, LedgerError | Stop> {
  const { damage, state } = yield* readable(ledger)
  // A ledger that was brought here ended when it was last written; a pool's own goes on.
  const now = Option.isSome(named) ? state.latest : Math.max(state.latest, yield* Clock.currentTimeMillis)
  const end: Standing = { state, at: now }
  const whole = { ledger, folder, end, damage, ...end }
  const saying = damage === undefined ? Effect.void : sayDamage(damage, state.head)
  const asked = Option.isNone(at) ? end : yield* Effect.tapError(standing(whole, at.value, "--at"), () => saying)
  sayUnknown(asked.state)
  // Whoever has the ledger only up to there gets the same answer.
  if (asked.state.head < state.head) return { ...whole, ...asked, damage: undefined }
  yield* saying
  return { ...whole, ...asked }
})

/** The pool at a moment behind which the ledger is known to go on, unless it is one that is counted from the end. */
const before = Effect.fnUntraced(function* (ledger: Ledger["Service"], { at = Option.none() }: Asked) {
  const named = Option.isNone(at) ? undefined : yield* At.read(at.value, "--at")
  if (named === undefined || "ago" in named) return undefined
  const state = yield* Effect.catchReason(ledger.asOf(named), "LedgerError", "NoSuchEvent", () =>
    Effect.succeed(undefined)
  )
  if (state === undefined || state.head === 0 || state.head >= ledger.known().head) return undefined
  return { state, at: instantOf(named, state) } satisfies Standing
})

const sayDamage = (damage: Damaged, head: Seq): Effect.Effect<void> =>
  Output.warnings([{ path: damage.path, message: answersBefore(damage, head) }])

const sayUnknown = ({ unknown }: PoolState): void => {
  if (unknown > 0) Output.sayOnce(ofNewer(unknown))
}

const openAt = Effect.fnUntraced(function* (folder: string) {
  const layer = FileLedger.layer({ folder, program: "daybook", version, readOnly: true, whenAsked: true })
  return Context.get(yield* Layer.build(layer), Ledger)
})

const noLedger = (folder: string): Effect.Effect<never, Stop> =>
  Effect.fail(
    new Stop({
      exitCode: exitCodes.error,
      message: `There is no ledger in ${folder}. Name with --ledger the folder of one, or the ledger.jsonl in it.`
    })
  )

const readable = (ledger: Ledger["Service"]) =>
  Effect.map(ledger.state, (state) => ({ state, damage: undefined })).pipe(
    Effect.catchReason("LedgerError", "Damaged", (damage) =>
      ledger.known().head === 0
        ? Effect.fail(new LedgerError({ reason: damage }))
        : Effect.succeed({ state: ledger.known(), damage })
    )
  )

const answersBefore = (damage: Damaged, head: Seq): string =>
  `${damageMessage(damage)} What is answered here is from the events up to ${head}, which are whole.`

const ofNewer = (count: number): string =>
  `${count === 1 ? "An event is" : `${count} events are`} of a kind that a newer Daybook writes; ${count === 1 ? "it is" : "they are"} shown as unknown. Update Daybook to read ${count === 1 ? "it" : "them"}.`

/** The pool at a moment as a person names it. `flag` is where it stands. */
export const standing = Effect.fnUntraced(function* (
  { end, ledger }: Pick<History, "end" | "ledger">,
  text: string,
  flag: string
): Effect.fn.Return<Standing, LedgerError | Stop> {
  const moment = At.momentOf(yield* At.read(text, flag), end.at)
  const state = yield* Effect.catchReason(ledger.asOf(moment), "LedgerError", "NoSuchEvent", (reason) =>
    Effect.fail(noSuchMoment(text, flag, reason, end.state))
  )
  if (state.head === 0) return yield* noSuchMoment(text, flag, { first: 1, head: end.state.head }, end.state)
  return { state, at: instantOf(moment, state) }
})

const instantOf = (moment: Moment, { latest }: PoolState): Instant => ("at" in moment ? moment.at : latest)

const noSuchMoment = (
  text: string,
  flag: string,
  { first, head }: { readonly first: number; readonly head: number },
  { latest, ledger }: PoolState
): Stop => {
  const archived = first > 1 ? " What is older was archived; put those segments back to see it." : ""
  if (At.isId(text)) {
    return new Stop({
      exitCode: exitCodes.error,
      message: `${flag} ${text}: no event of this ledger has that id. \`daybook log --json\` shows the id of each; of a call or an attempt, \`daybook trace ${text}\` tells the events.${archived}`
    })
  }
  const begin = ledger === undefined || first > 1 ? "" : ` from ${absolute(ledger.openedAt)}`
  return new Stop({
    exitCode: exitCodes.error,
    message: `${flag} ${At.typed(text)}: the ledger does not reach there. It holds events ${first} to ${head},${begin} until ${absolute(latest)}: name a moment in between.${archived}`
  })
}

/** A credential by id or label, as of the moment. */
export const credential = Effect.fnUntraced(function* ({ end, state }: Pick<History, "end" | "state">, name: string) {
  const last = yield* findCredential(end.state, name)
  return yield* Option.match(HashMap.get(state.credentials, last.id), {
    onSome: Effect.succeed,
    onNone: () => Effect.fail(notYet(last, state))
  })
})

const notYet = ({ enrolledAt, enrolledSeq, id }: Credential, { head }: PoolState): Stop =>
  new Stop({
    exitCode: exitCodes.error,
    message: `${id} was not in the pool yet at event ${head}. It was enrolled by event ${enrolledSeq}, at ${absolute(enrolledAt)}.`
  })

/** Goes over the events up to the moment. Damage on the way is said, once. */
export const scan = ({ damage, ledger, state }: History, options: ScanOptions): Effect.Effect<ScanEnd, LedgerError> =>
  Effect.tap(ledger.scan({ to: state.head, ...options }), (end) =>
    end.damage === undefined || damage !== undefined ? Effect.void : sayDamage(end.damage, end.seq)
  )
