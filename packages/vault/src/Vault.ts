/**
 * All the places where logins are kept, as one: what is there, the authority behind each, and when one of the files
 * changes. Listing never writes, and one bad file hides no other.
 */
import type { StoreKind, StoreRef } from "@daybook/pool/StoreRef"
import { Context, Effect, Layer, Stream } from "effect"
import type { Authority } from "./Authority.ts"
import type { Owner } from "./Binding.ts"
import * as CodexCliStore from "./CodexCliStore.ts"
import type { CredentialFile } from "./CredentialFile.ts"
import * as EnvStore from "./EnvStore.ts"
import * as FileStore from "./FileStore.ts"
import * as HermesStore from "./HermesStore.ts"
import * as Watching from "./internal/Watching.ts"
import type { Survey } from "./Login.ts"
import * as MemoryStore from "./MemoryStore.ts"
import * as OwnStore from "./OwnStore.ts"
import type { Store, StoreDescription } from "./Store.ts"
import { StoreError } from "./StoreError.ts"

export type StoreSource =
  | { readonly kind: "own" }
  | { readonly kind: "hermes"; readonly path: string; readonly providers?: ReadonlyArray<string> }
  | { readonly kind: "codex-cli"; readonly path: string }
  | { readonly kind: "file"; readonly file: CredentialFile }
  | ({ readonly kind: "env" } & EnvStore.EnvOptions)
  | { readonly kind: "memory"; readonly logins: ReadonlyArray<MemoryStore.MemoryLogin> }

export interface VaultOptions {
  readonly stores: ReadonlyArray<StoreSource>
  /** Reached where a ledger names their logins, and watched; what else is in them is nobody's business. */
  readonly reach?: ReadonlyArray<StoreSource>
  /** Reached too; their logins are not listed with the others, but offered to an import and to a recovery. */
  readonly recoverFrom?: ReadonlyArray<StoreSource>
  /** Daybook's home, for the own store. */
  readonly folder: string
  /** Who spends; without it, stores shared with other programs are read-only. */
  readonly ledger?: Owner
}

/** A file or folder of a store may have other content now. */
export interface Changed {
  readonly kind: StoreKind
  readonly path: string
}

export class Vault extends Context.Service<
  Vault,
  {
    readonly logins: Effect.Effect<Survey>
    /** Those of the stores that an import or a recovery may look at. */
    readonly recoverable: Effect.Effect<Survey>
    /** Fails with `Unavailable` for a store that was not opened (`NotOpened`), or an own login of another home (`OtherHome`). */
    readonly authority: (ref: StoreRef) => Effect.Effect<Authority, StoreError>
    /** From when it is run; our own writes show too. */
    readonly changes: Stream.Stream<Changed>
    /** What is read, and what for. */
    readonly sources: ReadonlyArray<StoreDescription>
  }
>()("@daybook/vault/Vault") {
  static readonly layer = (options: VaultOptions): Layer.Layer<Vault> => Layer.sync(Vault, () => make(options))
}

const make = (options: VaultOptions): Vault["Service"] => {
  const opened = (sources: ReadonlyArray<StoreSource> = []) => sources.map((source) => open(source, options))
  const stores = opened(options.stores)
  const others = opened(options.recoverFrom)
  const reached = [...stores, ...others, ...opened(options.reach)]
  return {
    logins: surveyOf(stores),
    recoverable: surveyOf(others),
    authority: (ref) => reached.find(({ holds }) => holds(ref))?.authority(ref) ?? Effect.fail(notOpened(ref)),
    changes: Stream.mergeAll(watchedOf(reached).map(changesOf), { concurrency: "unbounded" }),
    sources: stores.map(({ description }) => description)
  }
}

const surveyOf = (stores: ReadonlyArray<Store>): Effect.Effect<Survey> =>
  Effect.map(
    Effect.forEach(stores, ({ survey }) => survey),
    merge
  )

/** One of each file. */
const watchedOf = (stores: ReadonlyArray<Store>): ReadonlyArray<Store> =>
  Array.from(new Map(stores.map((store) => [store.description.path, store])).values())

const open = (source: StoreSource, { folder, ledger }: VaultOptions): Store => {
  switch (source.kind) {
    case "own":
      return OwnStore.make(folder)
    case "hermes":
      return HermesStore.make({ ...source, ledger })
    case "codex-cli":
      return CodexCliStore.make(source.path)
    case "file":
      return FileStore.make(source.file)
    case "env":
      return EnvStore.make(source)
    case "memory":
      return MemoryStore.make(source.logins)
  }
}

const merge = (surveys: ReadonlyArray<Survey>): Survey => ({
  logins: surveys.flatMap(({ logins }) => logins),
  problems: surveys.flatMap(({ problems }) => problems)
})

const changesOf = ({ description: { kind, path }, watched = none }: Store): Stream.Stream<Changed> =>
  path === undefined
    ? Stream.empty
    : Stream.unwrap(
        Effect.map(watched, (others) =>
          Stream.mergeAll(
            [path, ...others].map((file) => Stream.map(Watching.changes(file), () => ({ kind, path: file }))),
            { concurrency: "unbounded" }
          )
        )
      )

const none = Effect.succeed<ReadonlyArray<string>>([])

const notOpened = (ref: StoreRef): StoreError =>
  new StoreError({
    operation: "read",
    path: ref.path ?? ref.slot,
    reason: { _tag: "Unavailable", code: ref.kind === "own" ? "OtherHome" : "NotOpened" }
  })
