/**
 * hermes' Nous login, which stands twice: in the block of `auth.json` and in `nous_auth.json`, which all profiles share.
 * A Nous token that is sent twice ends the session, and hermes goes on with the shared pair wherever the two differ. So
 * both locks are held, `auth.json`'s first as hermes does, both files are read, and the shared one is written first.
 */
import { format, type Instant } from "@daybook/pool/Instant"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Clock, Effect, Option } from "effect"
import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"
import { type Authority, type Cleared, type Note, notCleared, type Stored, successor } from "../Authority.ts"
import type { StoreError } from "../StoreError.ts"
import { readNous } from "./HermesBeside.ts"
import { type Json, patch } from "./Json.ts"
import * as JsonFile from "./JsonFile.ts"
import { offset, reveal } from "./Tokens.ts"

type Operations = Pick<Authority, "read" | "store" | "clear">

/** `local` are the operations on `auth.json`, told what the shared file holds. */
export const operations = (shared: string, local: (shared: TokenSet) => Operations): Operations => {
  const now = Effect.map(
    readNous(shared, "read"),
    Option.getOrElse((): TokenSet => ({}))
  )
  return {
    read: Effect.flatMap(now, (tokens) => local(tokens).read),
    store: (next, replaces) => Effect.flatMap(now, (found) => store(shared, found, local, next, replaces)),
    clear: (isDead, note) => Effect.flatMap(now, (found) => clear(shared, found, local, isDead, note))
  }
}

/** The file of the lock that profiles share, in a folder that is there. */
export const lockFile = (shared: string): Effect.Effect<string> =>
  Effect.promise(() => mkdir(dirname(shared), { recursive: true, mode: 0o700 }).catch(() => undefined)).pipe(
    Effect.as(shared.replace(/\.json$/, ".lock"))
  )

/** Why the login cannot be refreshed now, if so. */
export const whyNot = (shared: string, local: Effect.Effect<TokenSet, StoreError>): Effect.Effect<string | undefined> =>
  Effect.gen(function* () {
    if (Option.isSome(yield* readNous(shared, "read"))) return undefined
    return isBlank(yield* local) ? undefined : missing(shared)
  }).pipe(
    Effect.catch(({ message }) => Effect.succeed(`hermes' profiles share this login. ${message.replace(/\.$/, "")}`))
  )

/** A blank block without a shared file is safe: nobody has anything to send. */
const missing = (shared: string): string =>
  `hermes' profiles share this login in ${shared}, which is not there; set HERMES_SHARED_AUTH_DIR as hermes has it, or let hermes refresh it once`

/** A block that was cleared says nothing of what other profiles go on with: the shared pair is compared then. */
const store = Effect.fnUntraced(function* (
  path: string,
  shared: TokenSet,
  local: (shared: TokenSet) => Operations,
  next: TokenSet,
  replaces: (found: TokenSet) => boolean
): Effect.fn.Return<Stored, StoreError> {
  const counting = yield* local(shared).read
  const found = isBlank(counting) ? shared : counting
  if (!replaces(found)) return { _tag: "Mismatch", found }
  const now = yield* Clock.currentTimeMillis
  const whole = successor(counting, next, now)
  yield* edit(path, "store", now, {
    access_token: reveal(whole.access),
    refresh_token: reveal(whole.refresh),
    obtained_at: offset(whole.refreshedAt),
    expires_at: offset(whole.expiresAt)
  })
  return yield* local({}).store(whole, () => true)
})

const clear = Effect.fnUntraced(function* (
  path: string,
  shared: TokenSet,
  local: (shared: TokenSet) => Operations,
  isDead: (found: TokenSet) => boolean,
  note: Note
): Effect.fn.Return<Cleared, StoreError> {
  const refused = notCleared(yield* local(shared).read, isDead)
  if (refused) return refused
  if (!isBlank(shared) && isDead(shared)) {
    yield* edit(path, "clear", yield* Clock.currentTimeMillis, { access_token: undefined, refresh_token: undefined })
  }
  return yield* local(shared).clear(isDead, note)
})

/** Without tokens the file says to hermes what no file says: log in anew. */
const edit = Effect.fnUntraced(function* (
  path: string,
  operation: "store" | "clear",
  now: Instant,
  fields: Json
): Effect.fn.Return<void, StoreError> {
  const document = yield* JsonFile.read(path, operation)
  const { format: toText, original } = Option.getOrElse(document, () => ({ original: fresh, format: JsonFile.format }))
  yield* JsonFile.write(path, operation, toText(patch(original, { ...fields, updated_at: format(now) })))
})

/** As hermes begins one. */
const fresh: Json = { _schema: 1, token_type: "Bearer", scope: "inference:invoke", client_id: "hermes-cli" }
