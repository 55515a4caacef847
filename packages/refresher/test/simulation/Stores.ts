/**
 * The vault's services as one process has them, over the shelf that all share. A write is seen at once by everybody, and
 * is on disk one step later.
 */
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { type Authority, notCleared, readOnly, successor, withoutLogin } from "@daybook/vault/Authority"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash, type Stashed } from "@daybook/vault/Stash"
import { StoreError, type StoreErrorReason, type StoreOperation } from "@daybook/vault/StoreError"
import { Vault } from "@daybook/vault/Vault"
import { Clock, Context, Duration, Effect, Option, Stream } from "effect"
import type { Disk } from "./Log.ts"
import type { Kept, Shelf, Slot } from "./Shelf.ts"
import { providerId } from "./Server.ts"
import type { Process, Stage } from "./Stage.ts"

/** What the checks want to know of a process' writes. */
export interface Watch {
  readonly wrote: () => void
  /** These tokens were taken out of the store as dead. */
  readonly cleared: (slot: Slot, found: TokenSet) => void
  /** These tokens are in the stash or in their store now. */
  readonly kept: (tokens: TokenSet) => void
  /** The stash did not take these. */
  readonly unstashed: (tokens: TokenSet) => void
  /** Something was tried that is never allowed. */
  readonly forbidden: (what: string) => void
}

export interface Edge {
  readonly stage: Stage
  readonly shelf: Shelf
  readonly process: Process
  readonly disk: Disk
  readonly watch: Watch
}

export const services = (edge: Edge): Context.Context<Quarantine | Stash | Vault> =>
  Context.make(Vault, vaultOf(edge)).pipe(
    Context.add(Stash, stashOf(edge)),
    Context.add(Quarantine, quarantineOf(edge))
  )

const failed = (operation: StoreOperation, path: string, reason: StoreErrorReason) =>
  Effect.fail(new StoreError({ operation, path, reason }))

/** One operation of a disk: it may be full, or faulty. */
const operate = <A>(
  { disk, process, stage }: Edge,
  label: string,
  operation: StoreOperation,
  body: () => Effect.Effect<A, StoreError>
): Effect.Effect<A, StoreError> =>
  stage.step(process, label, () => {
    if (disk.storeFails === undefined || !label.startsWith(disk.storeFails)) return body()
    disk.storeFails = undefined
    return failed(operation, label, operation === "read" ? { _tag: "Unreadable", code: "EIO" } : { _tag: "NoSpace" })
  })

const syncing = <A>({ process, shelf, stage }: Edge, label: string, kept: Kept<A>): Effect.Effect<void> =>
  stage.step(process, `sync ${label}`, () => Effect.sync(() => shelf.sync(kept)))

const vaultOf = (edge: Edge): Vault["Service"] => ({
  logins: operate(edge, "read all stores", "list", () =>
    Effect.succeed({ logins: edge.shelf.slots.map(toLogin), problems: [] })
  ).pipe(Effect.catch((problem) => Effect.succeed({ logins: [], problems: [problem] }))),
  authority: (ref) => {
    const slot = edge.shelf.slots.find((one) => one.ref.slot === ref.slot)
    return slot === undefined
      ? failed("read", ref.slot, { _tag: "Unavailable", code: "NotOpened" })
      : Effect.succeed(authorityOf(edge, slot))
  },
  recoverable: Effect.succeed({ logins: [], problems: [] }),
  changes: Stream.empty,
  sources: []
})

const toLogin = ({ name, owned, ref, tokens }: Slot) => ({
  store: ref,
  provider: providerId,
  kind: "oauth" as const,
  ownership: owned ? ("owned" as const) : ("borrowed" as const),
  source: "device_code",
  id: name,
  priority: 0,
  tokens: tokens.seen
})

const authorityOf = (edge: Edge, slot: Slot): Authority => {
  const read = operate(edge, `read ${slot.name}`, "read", () => Effect.succeed(slot.tokens.seen))
  if (!slot.owned) return borrowed(edge, slot, read)
  return {
    ref: slot.ref,
    writable: true,
    ...(slot.holdLimit === undefined ? {} : { holdLimit: slot.holdLimit }),
    read,
    lock: (wait) => Effect.andThen(lock(edge, slot, Duration.toMillis(wait)), Clock.currentTimeMillis),
    store: (next, replaces) => Effect.uninterruptible(store(edge, slot, next, replaces)),
    clear: (isDead) => Effect.uninterruptible(clear(edge, slot, isDead))
  }
}

const borrowed = ({ watch }: Edge, slot: Slot, read: Authority["read"]): Authority => {
  const authority = readOnly({ ref: slot.ref, why: "it is borrowed", read })
  const tried = <A, E>(what: string, effect: Effect.Effect<A, E>) =>
    Effect.tap(
      Effect.sync(() => watch.forbidden(`${what} of the borrowed ${slot.name}`)),
      effect
    ) as unknown as Effect.Effect<A, E>
  return {
    ...authority,
    store: (next, replaces) => tried("a store", authority.store(next, replaces)),
    clear: (isDead, note) => tried("a clear", authority.clear(isDead, note))
  }
}

/** Ready when it is free; given up when the wait is over. */
const lock = ({ process, stage }: Edge, { lock: held, name }: Slot, wait: number) =>
  Effect.acquireRelease(
    Effect.flatMap(Effect.fiberId, (errand) =>
      Effect.callback<number, StoreError>((resume) => {
        const label = `lock ${name}`
        const waiting = {
          owner: process,
          label,
          isReady: () => held.holder === undefined,
          go: () => {
            stage.cancel(end)
            held.holder = process
            held.turn++
            held.errand = errand
            resume(Effect.succeed(held.turn))
          }
        }
        const end = stage.later(process, stage.now + wait, () => {
          stage.unpark(waiting)
          resume(failed("lock", name, { _tag: "Busy", waited: wait }))
        })
        stage.park(waiting)
        return Effect.sync(() => {
          stage.cancel(end)
          stage.unpark(waiting)
        })
      })
    ),
    (turn) =>
      Effect.sync(() => {
        if (held.turn === turn && held.holder === process) held.holder = undefined
      }),
    { interruptible: true }
  ).pipe(Effect.asVoid)

const store = Effect.fnUntraced(function* (
  edge: Edge,
  slot: Slot,
  next: TokenSet,
  replaces: (found: TokenSet) => boolean
) {
  const stored = yield* operate(edge, `store ${slot.name}`, "store", () =>
    Effect.sync(() => {
      const found = slot.tokens.seen
      if (!replaces(found)) return { _tag: "Mismatch", found } as const
      edge.watch.wrote()
      edge.shelf.see(slot.tokens, successor(found, next, edge.stage.wallClock()))
      return { _tag: "Stored" } as const
    })
  )
  if (stored._tag === "Mismatch") return stored
  yield* syncing(edge, slot.name, slot.tokens)
  edge.watch.kept(next)
  return stored
})

const clear = Effect.fnUntraced(function* (edge: Edge, slot: Slot, isDead: (found: TokenSet) => boolean) {
  const cleared = yield* operate(edge, `clear ${slot.name}`, "clear", () =>
    Effect.sync(() => {
      const refused = notCleared(slot.tokens.seen, isDead)
      if (refused !== undefined) return refused
      edge.watch.wrote()
      edge.watch.cleared(slot, slot.tokens.seen)
      edge.shelf.see(slot.tokens, withoutLogin(slot.tokens.seen))
      return { cleared: true, removed: [] }
    })
  )
  if (cleared.cleared) yield* syncing(edge, slot.name, slot.tokens)
  return cleared
})

const stashOf = (edge: Edge): Stash["Service"] => {
  const { shelf, watch } = edge
  const { stash } = shelf
  const commit = Effect.fnUntraced(function* (entry: Stashed) {
    yield* operate(edge, "stash", "store", () =>
      Effect.sync(() => {
        watch.wrote()
        shelf.see(stash, new Map(stash.seen).set(entry.consumed, entry))
      })
    ).pipe(Effect.tapError(() => Effect.sync(() => watch.unstashed(entry.tokens))))
    yield* syncing(edge, "stash", stash)
    watch.kept(entry.tokens)
  })
  return {
    reserve: (consumed) =>
      operate(edge, "reserve", "store", () =>
        Effect.succeed({
          commit: (tokens: TokenSet, about: Pick<Stashed, "grant" | "provider">) =>
            Effect.uninterruptible(commit({ consumed, tokens, ...about }))
        })
      ),
    find: (consumed) =>
      operate(edge, "find in stash", "read", () => Effect.succeed(Option.fromUndefinedOr(stash.seen.get(consumed)))),
    list: operate(edge, "list stash", "list", () => Effect.succeed(Array.from(stash.seen.values()))),
    pathOf: (consumed) => `/simulated/stash/${consumed}.json`,
    forGrant: (grant) =>
      operate(edge, "list stash", "list", () =>
        Effect.succeed(Array.from(stash.seen.values()).filter((entry) => entry.grant === grant))
      ),
    remove: (consumed) =>
      operate(edge, "unstash", "store", () => Effect.sync(() => shelf.see(stash, without(stash.seen, consumed)))),
    sync: syncing(edge, "stash", stash)
  }
}

const without = (all: ReadonlyMap<Fingerprint, Stashed>, name: Fingerprint): ReadonlyMap<Fingerprint, Stashed> =>
  new Map(Array.from(all).filter(([consumed]) => consumed !== name))

const quarantineOf = (edge: Edge): Quarantine["Service"] => {
  const { shelf, watch } = edge
  const { quarantine } = shelf
  const entry = (fingerprint: Fingerprint) => {
    const found = quarantine.seen.get(fingerprint)
    return found === undefined ? undefined : { fingerprint, ...found }
  }
  return {
    put: (fingerprint, pair) =>
      operate(edge, "quarantine", "store", () =>
        Effect.sync(() => {
          watch.wrote()
          shelf.see(quarantine, new Map(quarantine.seen).set(fingerprint, pair))
        })
      ).pipe(Effect.andThen(syncing(edge, "quarantine", quarantine)), Effect.uninterruptible),
    find: (fingerprint) =>
      operate(edge, "find in quarantine", "read", () => Effect.succeed(Option.fromUndefinedOr(entry(fingerprint)))),
    list: operate(edge, "list quarantine", "list", () =>
      Effect.succeed(Array.from(quarantine.seen.keys()).flatMap((fingerprint) => entry(fingerprint) ?? []))
    ),
    sweep: () => Effect.succeed([])
  }
}
