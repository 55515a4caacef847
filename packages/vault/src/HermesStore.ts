/**
 * hermes-agent's `auth.json`, shared with a running hermes: same file, same shapes, same lock. hermes waits 15 s for
 * that lock, so ours is to be held for at most 10.
 */
import type { StoreRef } from "@daybook/pool/StoreRef"
import { type Duration, Effect, Option, Result, type Scope } from "effect"
import { join, resolve } from "node:path"
import { type Authority, readOnly } from "./Authority.ts"
import * as Binding from "./Binding.ts"
import * as HermesFile from "./HermesFile.ts"
import * as HermesProfiles from "./HermesProfiles.ts"
import * as FileAuthority from "./internal/FileAuthority.ts"
import { type Beside, nothing, sharedNousPath } from "./internal/HermesBeside.ts"
import * as HermesEdit from "./internal/HermesEdit.ts"
import { lastErrorAt, tokensAt } from "./internal/HermesGrants.ts"
import * as HermesLock from "./internal/HermesLock.ts"
import { whyOnlyHermes } from "./internal/HermesLogins.ts"
import * as HermesNous from "./internal/HermesNous.ts"
import * as HermesReading from "./internal/HermesReading.ts"
import { blockSlot } from "./internal/HermesPlace.ts"
import { hasRemoved, providerIn } from "./internal/HermesRemoval.ts"
import { realOr } from "./internal/RealPath.ts"
import type { Store } from "./Store.ts"
import { StoreError } from "./StoreError.ts"

export interface HermesOptions {
  /** Of `auth.json`. */
  readonly path: string
  /** Whose OAuth logins are Daybook's business, `openai-codex` unless given; API keys are listed of all. */
  readonly providers?: ReadonlyArray<string> | undefined
  /** The ledger that wants to spend; without one the store is read-only. */
  readonly ledger?: Binding.Owner | undefined
  /** Folder of what hermes' profiles share; `HERMES_SHARED_AUTH_DIR` unless given, else `shared` in hermes' folder. */
  readonly shared?: string | undefined
}

export const make = (options: HermesOptions): Store => {
  const path = resolve(options.path)
  const providers = options.providers ?? ["openai-codex"]
  const opened = { ...options, path, providers: [...providers, ...onlyShown], shared: sharedFile(options) }
  return {
    description: { kind: "hermes", path, about: `hermes-agent's logins of ${providers.join(", ")} and its API keys` },
    survey: HermesReading.survey(opened),
    holds: (ref) => ref.kind === "hermes" && (ref.path === path || HermesProfiles.isProfileOf(path, ref.path ?? "")),
    authority: (ref) => authority(opened, ref),
    watched: HermesReading.watched(opened)
  }
}

/** Read and served beside those that may be refreshed. */
const onlyShown: ReadonlyArray<string> = ["minimax-oauth"]

const sharedFile = ({ path, shared = process.env["HERMES_SHARED_AUTH_DIR"] }: HermesOptions): string =>
  sharedNousPath(resolve(shared?.trim() || join(HermesProfiles.rootOf(resolve(path)), "shared")))

/** Binds the store to this ledger, and answers whose it was before; fails under the lock where `mayTake` does. */
export const takeOver = Effect.fnUntraced(function* (
  path: string,
  ledger: Binding.Owner,
  wait: Duration.Input,
  mayTake: (former: Binding.Owner) => Effect.Effect<void, StoreError> = () => Effect.void
): Effect.fn.Return<Option.Option<Binding.Owner>, StoreError, Scope.Scope> {
  yield* HermesLock.acquire(resolve(path), wait)
  const real = yield* realOr(resolve(path))
  const former = yield* Binding.ownerOf(real)
  if (Option.isSome(former)) yield* mayTake(former.value)
  return yield* Binding.takeOver(real, ledger)
}, Effect.scoped)

const authority = Effect.fnUntraced(function* (
  store: HermesReading.Opened,
  ref: StoreRef
): Effect.fn.Return<Authority, StoreError> {
  const opened = { ...store, path: ref.path ?? store.path }
  const { ledger, path } = opened
  const looks = looksAt(opened, ref.slot)
  const refusal = (yield* notOurs(opened, ref.slot)) ?? (yield* notBound(opened))
  if (ledger === undefined || refusal) return { ...readOnly({ ref, why: noLedger, ...refusal, ...looks }), ...looks }
  return {
    ref,
    writable: true,
    holdLimit: 10_000,
    lock: (wait) =>
      Effect.tap(lock(opened, ref.slot, wait), () =>
        Effect.flatMap(realOr(path), (real) => Binding.claim(real, ledger))
      ),
    ...operationsAt(opened, ref.slot),
    ...looks
  }
})

/** What only reads. */
const looksAt = (opened: HermesReading.Opened, slot: string) => ({
  read: operationsAt(opened, slot).read,
  lastAuthError: Effect.map(HermesReading.file(opened, "read"), (file) => lastErrorAt(file, slot)),
  hasRemoved: (source: string) => removed(opened, { provider: providerIn(slot), slot, source })
})

/**
 * Of a login block of Nous, also the lock of the file that profiles share, as hermes does and in its order. While we
 * waited hermes may have removed the login, or been told not to use it, or the shared file may have gone: it would not be
 * known any more what hermes goes on with.
 */
const lock = Effect.fnUntraced(function* (opened: HermesReading.Opened, slot: string, wait: Duration.Input) {
  const besides = slot === nousSlot ? [yield* HermesNous.lockFile(opened.shared)] : []
  const since = yield* HermesLock.acquire(opened.path, wait, besides)
  const refusal = yield* notOurs(opened, slot)
  if (refusal === undefined) return since
  return yield* new StoreError({ operation: "lock", path: opened.path, reason: { _tag: "ReadOnly", ...refusal } })
})

const nousSlot = blockSlot("nous")

const operationsAt = (opened: HermesReading.Opened, slot: string) => {
  const operations = (beside: Beside) => FileAuthority.make(opened.path, findSlot(opened.providers, slot, beside))
  if (slot === nousSlot) return HermesNous.operations(opened.shared, (nous) => operations({ ...nothing, nous }))
  if (!slot.startsWith("credential_pool.anthropic")) return operations(nothing)
  const read = Effect.flatMap(HermesReading.anthropicBeside(opened), (beside) => operations(beside).read)
  return { ...operations(nothing), read }
}

const localNous = ({ path, providers }: HermesReading.Opened) =>
  FileAuthority.make(path, findSlot(providers, nousSlot, nothing))

interface Refusal {
  readonly why: string
  readonly owner?: string
}

/** Of a store that is only looked at. */
export const noLedger = "no ledger was opened to record what is done with it"

/** A file that cannot be read now does not refuse anything: its operations will say what is wrong with it. */
const notOurs = (opened: HermesReading.Opened, slot: string): Effect.Effect<Refusal | undefined> =>
  Effect.gen(function* () {
    const profile = HermesProfiles.profileOf(opened.path)
    if (profile !== undefined) return { why: ofProfile(profile) }
    if (yield* removed(opened, { provider: providerIn(slot), slot })) return { why: "hermes removed it" }
    const file = yield* HermesReading.file(opened, "read")
    const why =
      whyOnlyHermes(file, slot) ??
      (slot === nousSlot ? yield* HermesNous.whyNot(opened.shared, localNous(opened).read) : undefined)
    return why === undefined ? undefined : { why }
  }).pipe(Effect.orElseSucceed(() => undefined))

const ofProfile = (name: string): string =>
  `it is in hermes' profile ${name}; let hermes refresh it, and open the auth.json of hermes' own folder for the logins that profiles share`

/** A file that is not there, or not whole, proves nothing. */
const removed = ({ path }: HermesReading.Opened, login: Parameters<typeof hasRemoved>[1]): Effect.Effect<boolean> =>
  HermesReading.value(path, "read").pipe(
    Effect.map((value) => hasRemoved(value, login)),
    Effect.orElseSucceed(() => false)
  )

const notBound = Effect.fnUntraced(function* ({
  ledger,
  path
}: HermesReading.Opened): Effect.fn.Return<Refusal | undefined, StoreError> {
  const owner = yield* Effect.flatMap(realOr(path), Binding.ownerOf)
  if (Option.isNone(owner) || owner.value.id === ledger?.id) return undefined
  return { why: Binding.whyNot(owner.value.folder), owner: owner.value.folder }
})

const findSlot =
  (providers: ReadonlyArray<string>, slot: string, beside: Beside): FileAuthority.FindSlot =>
  (document) => {
    const { original, value } = Option.getOrElse(document, () => empty)
    return Result.map(HermesFile.parseFor(value, slot, providers, beside), (file) => ({
      tokens: tokensAt(file, slot),
      stored: (tokens, now) => HermesEdit.stored(original, file, slot, tokens, now),
      cleared: (note, now) => HermesEdit.cleared(original, file, slot, note, now)
    }))
  }

const empty = { value: {}, original: { version: 1, providers: {} } }
