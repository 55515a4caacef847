/**
 * Programs of other people in a world: they share the stores, know nothing of the ledger, and take a store's lock or do
 * not care. What one does is a list of steps, so that everybody else may act between them.
 */
import { Context, Effect } from "effect"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Chances } from "../support/Chances.ts"
import { type Pair, revealed, type Server, tokensOf } from "./Server.ts"
import type { Shelf, Slot } from "./Shelf.ts"
import type { Process, Stage } from "./Stage.ts"

export interface Outsider {
  process: Process
  busy: boolean
}

export interface Surroundings {
  readonly stage: Stage
  readonly shelf: Shelf
  readonly server: Server
  readonly chances: Chances
  /** Pairs that once stood in a slot, as other programs remember them. */
  readonly past: Map<string, Array<Pair>>
}

export type Deed =
  | "writes an old pair"
  | "writes a blank"
  | "loses a field"
  | "logs in"
  | "refreshes"
  | "logs in as another"

export const act = (around: Surroundings, outsider: Outsider, slot: Slot, deed: Deed, locked: boolean): void => {
  const { stage } = around
  outsider.busy = true
  stage.say(`${outsider.process.name} begins: ${deed} in ${slot.name}${locked ? " under the lock" : ""}`)
  const done = Effect.sync(() => void (outsider.busy = false))
  const doing = deeds[deed](around, outsider.process, slot)
  stage.start(Effect.ensuring(locked ? holding(around, outsider.process, slot, doing) : doing, done), Context.empty())
}

const holding = <A>({ stage }: Surroundings, process: Process, { lock, name }: Slot, effect: Effect.Effect<A>) =>
  Effect.acquireUseRelease(
    stage.step(
      process,
      `lock ${name}`,
      () => Effect.sync(() => ((lock.holder = process), ++lock.turn)),
      () => lock.holder === undefined
    ),
    () => effect,
    (turn) => Effect.sync(() => void (lock.turn === turn && (lock.holder = undefined)))
  )

type Doing = (around: Surroundings, process: Process, slot: Slot) => Effect.Effect<void>

const write = ({ past, shelf, stage }: Surroundings, process: Process, slot: Slot, tokens: TokenSet, pair?: Pair) =>
  stage
    .step(process, `writes ${pair === undefined ? "it" : `${pair.family}-${pair.index}`}`, () =>
      Effect.sync(() => {
        shelf.see(slot.tokens, tokens)
        if (pair !== undefined) past.get(slot.name)?.push(pair)
      })
    )
    .pipe(Effect.andThen(stage.step(process, "syncs it", () => Effect.sync(() => shelf.sync(slot.tokens)))))

const deeds: { readonly [D in Deed]: Doing } = {
  "writes an old pair": (around, process, slot) => {
    const pair = around.chances.oneOf(around.past.get(slot.name)!)
    return write(around, process, slot, tokensOf(pair), pair)
  },
  "writes a blank": (around, process, slot) => write(around, process, slot, {}),
  "loses a field": (around, process, slot) =>
    Effect.suspend(() => {
      const { access: _access, refresh: _refresh, ...others } = slot.tokens.seen
      const tokens =
        around.chances.next() < 0.5 ? { access: slot.tokens.seen.access } : { refresh: slot.tokens.seen.refresh }
      const left = Object.fromEntries(
        Object.entries({ ...others, ...tokens }).filter(([, value]) => value !== undefined)
      )
      return write(around, process, slot, left)
    }),
  "logs in": (around, process, slot) => logIn(around, process, slot, slot.account),
  "logs in as another": (around, process, slot) => logIn(around, process, slot, `${slot.account}-other`),
  refreshes: (around, process, slot) => refresh(around, process, slot)
}

const logIn = (around: Surroundings, process: Process, slot: Slot, account: string) =>
  around.stage
    .step(process, "logs in", () => Effect.sync(() => around.server.logIn(slot.name, account, around.stage.now)))
    .pipe(Effect.flatMap((pair) => write(around, process, slot, tokensOf(pair), pair)))

/** With what stands in the store; what comes back is written there, whatever stands there by then. */
const refresh = Effect.fnUntraced(function* (around: Surroundings, process: Process, slot: Slot) {
  const { server, stage } = around
  const found = yield* stage.step(process, `reads ${slot.name}`, () => Effect.succeed(slot.tokens.seen))
  const token = revealed(found.refresh)
  if (token === undefined) return
  const issued = yield* stage.step(process, "sends its token", () =>
    Effect.sync(() => {
      server.present(token, stage.now, { by: process.name, ours: false, attempt: undefined })
      return server.journal.at(-1)?.issued
    })
  )
  if (issued !== undefined) yield* write(around, process, slot, tokensOf(issued), issued)
})
