/**
 * Daybook's own store: one file for each grant, `grants/<id>.json` (0600), beside the lock that belongs to it. Every
 * writer takes that lock, a new login included; fields we do not know stay as they are.
 */
import * as RangeLock from "@daybook/files/RangeLock"
import { GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Clock, type Duration, Effect, Option, Schema, type Scope } from "effect"
import { join, resolve } from "node:path"
import type { Authority } from "./Authority.ts"
import * as FileAuthority from "./internal/FileAuthority.ts"
import * as Folder from "./internal/Folder.ts"
import * as GrantFile from "./internal/GrantFile.ts"
import * as JsonFile from "./internal/JsonFile.ts"
import * as StoreErrors from "./internal/StoreErrors.ts"
import { toStored } from "./internal/Tokens.ts"
import type { Survey } from "./Login.ts"
import type { Store } from "./Store.ts"
import { StoreError } from "./StoreError.ts"

/** A login made by Daybook. */
export interface NewLogin {
  readonly grant: GrantId
  readonly provider: string
  readonly source: string
  readonly label?: string
  readonly tokens: TokenSet
}

/** The store in Daybook's folder. */
export const make = (home: string): Store => {
  const folder = folderOf(home)
  return {
    description: { kind: "own", path: folder, about: "Daybook's own logins, one file for each" },
    survey: survey(folder),
    holds: ({ kind, path, slot }) => kind === "own" && Schema.is(GrantId)(slot) && path === pathOf(folder, slot),
    authority: (ref) => Effect.succeed(authority(pathOf(folder, ref.slot), ref))
  }
}

/** Writes a new login's file. Fails with `EEXIST` if the grant has one. */
export const create = (home: string, login: NewLogin, wait: Duration.Input): Effect.Effect<StoreRef, StoreError> =>
  Effect.scoped(createLocked(home, login, wait))

/** The same, and the grant's lock is held until the scope ends. */
export const createLocked = Effect.fnUntraced(function* (
  home: string,
  login: NewLogin,
  wait: Duration.Input
): Effect.fn.Return<StoreRef, StoreError, Scope.Scope> {
  const folder = folderOf(home)
  const path = pathOf(folder, login.grant)
  yield* Folder.ensurePrivate(folder)
  yield* lock(path, wait)
  yield* writeNew(path, login)
  return refFor(home, login.grant)
})

/** Where a grant's tokens are, or would be. */
export const refFor = (home: string, grant: GrantId): StoreRef => ({
  kind: "own",
  path: pathOf(folderOf(home), grant),
  slot: grant
})

const folderOf = (home: string): string => join(resolve(home), "grants")

const pathOf = (folder: string, grant: string): string => join(folder, `${grant}.json`)

const lock = (path: string, wait: Duration.Input): Effect.Effect<Instant, StoreError, Scope.Scope> =>
  RangeLock.acquire(path.replace(/\.json$/, ".lock"), { timeout: wait }).pipe(
    Effect.mapError(StoreErrors.notLocked),
    Effect.andThen(Clock.currentTimeMillis)
  )

const writeNew = Effect.fnUntraced(function* (
  path: string,
  { grant, label, provider, source, tokens }: NewLogin
): Effect.fn.Return<void, StoreError> {
  if (Option.isSome(yield* JsonFile.read(path, "store"))) {
    return yield* new StoreError({ operation: "store", path, reason: { _tag: "Unavailable", code: "EEXIST" } })
  }
  const file = { version: 1, grant, provider, label, source, account: tokens.account, tokens: toStored(tokens) }
  yield* JsonFile.write(path, "store", JsonFile.format(file))
})

const authority = (path: string, ref: StoreRef): Authority => ({
  ref,
  writable: true,
  lock: (wait) => lock(path, wait),
  remove: Folder.remove(path),
  ...FileAuthority.make(path, GrantFile.findSlot)
})

const survey = (folder: string): Effect.Effect<Survey> =>
  Folder.list(folder).pipe(
    Effect.flatMap((paths) => Effect.partition(paths, readLogin)),
    Effect.map(([logins, problems]) => ({ problems, logins: logins.flatMap(Option.toArray) })),
    Effect.catch((problem) => Effect.succeed({ problems: [problem], logins: [] }))
  )

/** None if the file went away since the folder was listed. */
const readLogin = (path: string) =>
  JsonFile.readAs(path, "list", GrantFile.GrantFile).pipe(
    Effect.map(Option.map((file) => GrantFile.toLogin(path, file)))
  )
