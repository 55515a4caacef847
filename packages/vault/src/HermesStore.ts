/**
 * hermes-agent's `auth.json`, shared with a running hermes: same file, same shapes, same lock. hermes waits 15 s for
 * that lock, so ours is to be held for at most 10.
 */
import type { StoreRef } from "@daybook/pool/StoreRef"
import { type Duration, Effect, Option, Result } from "effect"
import { resolve } from "node:path"
import { type Authority, readOnly } from "./Authority.ts"
import * as Binding from "./Binding.ts"
import * as HermesFile from "./HermesFile.ts"
import * as FileAuthority from "./internal/FileAuthority.ts"
import * as HermesEdit from "./internal/HermesEdit.ts"
import * as HermesLock from "./internal/HermesLock.ts"
import * as JsonFile from "./internal/JsonFile.ts"
import { realOr } from "./internal/RealPath.ts"
import * as StoreErrors from "./internal/StoreErrors.ts"
import type { Survey } from "./Login.ts"
import type { Store } from "./Store.ts"
import type { StoreError } from "./StoreError.ts"

export interface HermesOptions {
  /** Of `auth.json`. */
  readonly path: string
  /** Whose OAuth logins are Daybook's business, `openai-codex` unless given; API keys are listed of all. */
  readonly providers?: ReadonlyArray<string> | undefined
  /** The ledger that wants to spend; without one the store is read-only. */
  readonly ledger?: Binding.Owner | undefined
}

interface Opened extends HermesOptions {
  readonly providers: ReadonlyArray<string>
}

export const make = (options: HermesOptions): Store => {
  const opened = { ...options, path: resolve(options.path), providers: options.providers ?? ["openai-codex"] }
  const { path, providers } = opened
  return {
    description: { kind: "hermes", path, about: `hermes-agent's logins of ${providers.join(", ")} and its API keys` },
    survey: survey(opened),
    holds: (ref) => ref.kind === "hermes" && ref.path === path,
    authority: (ref) => authority(opened, ref)
  }
}

/** Binds the store to this ledger, and answers whose it was before. */
export const takeOver = (
  path: string,
  ledger: Binding.Owner,
  wait: Duration.Input
): Effect.Effect<Option.Option<Binding.Owner>, StoreError> =>
  HermesLock.acquire(resolve(path), wait).pipe(
    Effect.andThen(realOr(resolve(path))),
    Effect.flatMap((real) => Binding.takeOver(real, ledger)),
    Effect.scoped
  )

const survey = (opened: Opened): Effect.Effect<Survey> =>
  read(opened).pipe(
    Effect.map((file) => ({
      logins: HermesFile.logins(file, opened.path),
      problems: file.flaws.map((flaw) => StoreErrors.corrupt("list", opened.path, flaw))
    })),
    Effect.catch((problem) => Effect.succeed({ logins: [], problems: [problem] }))
  )

const read = Effect.fnUntraced(function* ({
  path,
  providers
}: Opened): Effect.fn.Return<HermesFile.Surveyed, StoreError> {
  const document = yield* JsonFile.read(path, "list")
  if (Option.isNone(document)) return { blocks: [], rows: [], flaws: [] }
  const file = HermesFile.survey(document.value.value, providers)
  return Result.isFailure(file) ? yield* StoreErrors.corrupt("list", path, file.failure) : file.success
})

const authority = Effect.fnUntraced(function* (opened: Opened, ref: StoreRef): Effect.fn.Return<Authority, StoreError> {
  const { ledger, path, providers } = opened
  const operations = FileAuthority.make(path, findSlot(providers, ref.slot))
  const refusal = (yield* notOurs(opened, ref.slot)) ?? (yield* notBound(opened))
  if (ledger === undefined || refusal) return readOnly({ ref, why: noLedger, ...refusal, read: operations.read })
  return {
    ref,
    writable: true,
    holdLimit: 10_000,
    lock: (wait) =>
      HermesLock.acquire(path, wait).pipe(
        Effect.andThen(realOr(path)),
        Effect.flatMap((real) => Binding.claim(real, ledger))
      ),
    ...operations
  }
})

interface Refusal {
  readonly why: string
  readonly owner?: string
}

const noLedger = "no ledger was opened to record what is done with it"

/** A file that cannot be read now does not refuse anything: its operations will say what is wrong with it. */
const notOurs = (opened: Opened, slot: string): Effect.Effect<Refusal | undefined> =>
  read(opened).pipe(
    Effect.map(({ rows }) => rows.find((row) => row.slot === slot)),
    Effect.map((row) => row && refusalOf(row)),
    Effect.orElseSucceed(() => undefined)
  )

const refusalOf = (row: HermesFile.Row): Refusal | undefined => {
  if (!HermesFile.isOwned(row)) return { why: `hermes keeps it by its source ${row.source}; let hermes refresh it` }
  if (row.kind === "apiKey") return { why: "it is an API key, which nobody refreshes" }
  return undefined
}

const notBound = Effect.fnUntraced(function* ({
  ledger,
  path
}: Opened): Effect.fn.Return<Refusal | undefined, StoreError> {
  const owner = yield* Effect.flatMap(realOr(path), Binding.ownerOf)
  if (Option.isNone(owner) || owner.value.id === ledger?.id) return undefined
  return { why: Binding.whyNot(owner.value.folder), owner: owner.value.folder }
})

const findSlot =
  (providers: ReadonlyArray<string>, slot: string): FileAuthority.FindSlot =>
  (document) => {
    const { original, value } = Option.getOrElse(document, () => empty)
    return Result.map(HermesFile.parseFor(value, slot, providers), (file) => ({
      tokens: HermesFile.tokensAt(file, slot),
      stored: (tokens, now) => HermesEdit.stored(original, file, slot, tokens, now),
      cleared: (note, now) => HermesEdit.cleared(original, file, slot, note, now)
    }))
  }

const empty = { value: {}, original: { version: 1, providers: {} } }
