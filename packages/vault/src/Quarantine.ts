/**
 * Where pairs that left their store are kept for 30 days: dead ones, and live ones that another program's newer pair
 * displaced. A pair comes back if it is the fallback of a newer one that was refused, or if a person revives it, enrols it
 * again, or reads its file: `quarantine/<fingerprint>.json` (0600). One that counts, since its store lost it, stays.
 */
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { GrantId } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Context, Duration, Effect, Layer, Option, Schema } from "effect"
import { join, resolve } from "node:path"
import * as Folder from "./internal/Folder.ts"
import * as JsonFile from "./internal/JsonFile.ts"
import { fromStored, StoredTokens, toStored } from "./internal/Tokens.ts"
import type { StoreError } from "./StoreError.ts"

export interface Quarantined {
  readonly tokens: TokenSet
  readonly grant: GrantId
  readonly provider: string
  /** Why it is dead, as a code; `Displaced` if it is not. */
  readonly reason: string
  readonly at: Instant
}

/** With the fingerprint it is kept under. */
export interface QuarantineEntry extends Quarantined {
  readonly fingerprint: Fingerprint
}

const QuarantineFile = Schema.Struct({
  version: Schema.Literal(1),
  fingerprint: Fingerprint,
  grant: GrantId,
  provider: Schema.String,
  reason: Schema.String,
  at: Instant,
  account: Schema.optionalKey(Schema.String),
  tokens: StoredTokens
})

export class Quarantine extends Context.Service<
  Quarantine,
  {
    /** Durable when it ends. */
    readonly put: (fingerprint: Fingerprint, pair: Quarantined) => Effect.Effect<void, StoreError>
    readonly find: (fingerprint: Fingerprint) => Effect.Effect<Option.Option<QuarantineEntry>, StoreError>
    readonly list: Effect.Effect<ReadonlyArray<QuarantineEntry>, StoreError>
    /**
     * Removes what was put there more than 30 days before `now`, and answers what that was. Unreadable entries stay, and
     * what still counts: this may be its only copy.
     */
    readonly sweep: (
      now: Instant,
      counts: (entry: QuarantineEntry) => boolean
    ) => Effect.Effect<ReadonlyArray<Fingerprint>, StoreError>
  }
>()("@daybook/vault/Quarantine") {
  /** In the `quarantine` folder of Daybook's home, which is made when first needed. */
  static readonly layer = (home: string): Layer.Layer<Quarantine> =>
    Layer.sync(Quarantine, () => make(join(resolve(home), "quarantine")))
}

const kept = Duration.toMillis("30 days")

const make = (folder: string): Quarantine["Service"] => {
  const pathOf = (fingerprint: Fingerprint) => join(folder, `${fingerprint}.json`)
  return {
    put: (fingerprint, pair) =>
      Effect.andThen(Folder.ensurePrivate(folder), put(pathOf(fingerprint), fingerprint, pair)),
    find: (fingerprint) => read(pathOf(fingerprint)),
    list: Effect.flatMap(Folder.list(folder), (paths) => Effect.map(Effect.forEach(paths, read), present)),
    sweep: (now, counts) =>
      Folder.list(folder).pipe(
        Effect.flatMap((paths) => Effect.partition(paths, read)),
        Effect.map(([entries]) => present(entries).filter((entry) => entry.at < now - kept && !counts(entry))),
        Effect.flatMap((old) => Effect.forEach(old, ({ fingerprint }) => removed(pathOf(fingerprint), fingerprint)))
      )
  }
}

const present = (entries: ReadonlyArray<Option.Option<QuarantineEntry>>): ReadonlyArray<QuarantineEntry> =>
  entries.flatMap(Option.toArray)

const removed = (path: string, fingerprint: Fingerprint): Effect.Effect<Fingerprint, StoreError> =>
  Effect.as(Folder.remove(path), fingerprint)

const put = (
  path: string,
  fingerprint: Fingerprint,
  { at, grant, provider, reason, tokens }: Quarantined
): Effect.Effect<void, StoreError> =>
  Effect.suspend(() => {
    const about = { version: 1, fingerprint, grant, provider, reason, at: new Date(at).toISOString() }
    return JsonFile.write(
      path,
      "store",
      JsonFile.format({ ...about, account: tokens.account, tokens: toStored(tokens) })
    )
  })

const read = (path: string): Effect.Effect<Option.Option<QuarantineEntry>, StoreError> =>
  JsonFile.readAs(path, "read", QuarantineFile).pipe(
    Effect.map(
      Option.map(({ account, at, fingerprint, grant, provider, reason, tokens }) => ({
        fingerprint,
        grant,
        provider,
        reason,
        at,
        tokens: fromStored(tokens, account)
      }))
    )
  )
