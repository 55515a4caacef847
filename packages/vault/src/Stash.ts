/**
 * Where a successor waits until its authority has it: `stash/<fingerprint of what was consumed>.json`. Its disk space
 * is taken before the request leaves, so that a full disk cannot lose the answer.
 */
import * as AtomicFile from "@daybook/files/AtomicFile"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { GrantId } from "@daybook/pool/Ids"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Context, Effect, Layer, Option, Schema, type Scope } from "effect"
import { join, resolve } from "node:path"
import * as Folder from "./internal/Folder.ts"
import * as JsonFile from "./internal/JsonFile.ts"
import * as StoreErrors from "./internal/StoreErrors.ts"
import { fromStored, StoredTokens, toStored } from "./internal/Tokens.ts"
import type { StoreError } from "./StoreError.ts"

export interface Stashed {
  /** Of the refresh token that was spent for these. */
  readonly consumed: Fingerprint
  readonly tokens: TokenSet
  readonly grant: GrantId
  readonly provider: string
}

export interface Reservation {
  /** Durable when it ends; once only. */
  readonly commit: (
    tokens: TokenSet,
    about: { readonly grant: GrantId; readonly provider: string }
  ) => Effect.Effect<void, StoreError>
}

const StashFile = Schema.Struct({
  version: Schema.Literal(1),
  consumed: Fingerprint,
  grant: GrantId,
  provider: Schema.String,
  account: Schema.optionalKey(Schema.String),
  tokens: StoredTokens
})

export class Stash extends Context.Service<
  Stash,
  {
    /** Takes 16 KiB of disk for the successor; given back at the end of the scope unless committed. */
    readonly reserve: (consumed: Fingerprint) => Effect.Effect<Reservation, StoreError, Scope.Scope>
    readonly find: (consumed: Fingerprint) => Effect.Effect<Option.Option<Stashed>, StoreError>
    readonly list: Effect.Effect<ReadonlyArray<Stashed>, StoreError>
    /** Where the entry is, or would be: to be named to a person. */
    readonly pathOf: (consumed: Fingerprint) => string
    /** Fails where there is none and a file that cannot be read may be one. */
    readonly forGrant: (grant: GrantId) => Effect.Effect<ReadonlyArray<Stashed>, StoreError>
    readonly remove: (consumed: Fingerprint) => Effect.Effect<void, StoreError>
    /** What is there now survives a power cut: who put it there may have died before it made sure of that. */
    readonly sync: Effect.Effect<void, StoreError>
  }
>()("@daybook/vault/Stash") {
  /** In the `stash` folder of Daybook's home, which is made when first needed. */
  static readonly layer = (home: string): Layer.Layer<Stash> =>
    Layer.sync(Stash, () => make(join(resolve(home), "stash")))
}

const make = (folder: string): Stash["Service"] => {
  const pathOf = (consumed: Fingerprint) => join(folder, `${consumed}.json`)
  return {
    reserve: (consumed) => Effect.andThen(prepare(folder), reserve(pathOf(consumed), consumed)),
    find: (consumed) => read(pathOf(consumed)),
    list: Effect.map(
      Effect.suspend(() => all(folder)),
      ({ entries }) => entries
    ),
    pathOf,
    forGrant: (grant) =>
      Effect.flatMap(all(folder), ({ entries, problems: [problem] }) => {
        const ours = entries.filter((entry) => entry.grant === grant)
        return ours.length > 0 || problem === undefined ? Effect.succeed(ours) : Effect.fail(problem)
      }),
    remove: (consumed) => Folder.remove(pathOf(consumed)),
    sync: Effect.suspend(() => Folder.syncIfThere(folder))
  }
}

/** Reservations of killed processes are given back too. */
const prepare = (folder: string): Effect.Effect<void, StoreError> =>
  Effect.andThen(Folder.ensurePrivate(folder), Effect.ignore(AtomicFile.sweep(folder, "1 hour")))

const reserve = (path: string, consumed: Fingerprint): Effect.Effect<Reservation, StoreError, Scope.Scope> =>
  AtomicFile.reserve(path, { size: 16 * 1024 }).pipe(
    Effect.mapError(StoreErrors.unwritable("store")),
    Effect.map((file) => ({
      commit: (tokens, about) =>
        Effect.suspend(() => file.commit(toText(consumed, tokens, about))).pipe(
          Effect.mapError(StoreErrors.unwritable("store"))
        )
    }))
  )

const toText = (
  consumed: Fingerprint,
  tokens: TokenSet,
  { grant, provider }: { readonly grant: GrantId; readonly provider: string }
): string =>
  JsonFile.format({ version: 1, consumed, grant, provider, account: tokens.account, tokens: toStored(tokens) })

const read = (path: string): Effect.Effect<Option.Option<Stashed>, StoreError> =>
  JsonFile.readAs(path, "read", StashFile).pipe(
    Effect.map(
      Option.map(({ account, consumed, grant, provider, tokens }) => ({
        consumed,
        grant,
        provider,
        tokens: fromStored(tokens, account)
      }))
    )
  )

interface All {
  readonly entries: ReadonlyArray<Stashed>
  /** Of files that cannot be read, so that nobody knows whose they are. */
  readonly problems: ReadonlyArray<StoreError>
}

/** One file that cannot be read hides no other grant's. */
const all = (folder: string): Effect.Effect<All, StoreError> =>
  Folder.list(folder).pipe(
    Effect.flatMap((paths) => Effect.partition(paths, read)),
    Effect.map(([entries, problems]) => ({ entries: entries.flatMap(Option.toArray), problems }))
  )
