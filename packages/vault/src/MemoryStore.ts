/** Logins in the memory of this process, for programs that keep their own and for tests. Its locks are this process's. */
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Clock, Duration, Effect, Semaphore } from "effect"
import {
  type Authority,
  type Cleared,
  type Note,
  notCleared,
  readOnly,
  type Stored,
  successor,
  withoutLogin
} from "./Authority.ts"
import { withoutBlanks } from "./internal/Tokens.ts"
import type { AuthError, Login } from "./Login.ts"
import type { Store } from "./Store.ts"
import { StoreError } from "./StoreError.ts"

/** `store.kind` of each is `memory`; its slot is any name. */
export type MemoryLogin = Omit<Login, "lastAuthError">

interface Cell {
  readonly login: MemoryLogin
  readonly turn: Semaphore.Semaphore
  tokens: TokenSet
  lastAuthError: AuthError | undefined
}

export const make = (logins: ReadonlyArray<MemoryLogin>): Store => {
  const cells = logins.map((login): Cell => ({
    login,
    turn: Semaphore.makeUnsafe(1),
    tokens: withoutBlanks(login.tokens),
    lastAuthError: undefined
  }))
  const find = (slot: string) => cells.find(({ login }) => login.store.slot === slot)
  return {
    description: { kind: "memory", about: "logins held by this process" },
    survey: Effect.sync(() => ({ logins: cells.map(toLogin), problems: [] })),
    holds: (ref) => ref.kind === "memory" && find(ref.slot) !== undefined,
    authority: (ref) => {
      const cell = find(ref.slot)
      return cell ? Effect.succeed(authority(cell)) : Effect.fail(notOpened(ref.slot))
    }
  }
}

const notOpened = (slot: string): StoreError =>
  new StoreError({ operation: "read", path: slot, reason: { _tag: "Unavailable", code: "NotOpened" } })

const toLogin = ({ lastAuthError, login, tokens }: Cell): Login => ({
  ...login,
  tokens,
  ...(lastAuthError && isBlank(tokens) && { lastAuthError })
})

const authority = (cell: Cell): Authority => {
  const { login } = cell
  const read = Effect.sync(() => cell.tokens)
  if (login.ownership === "borrowed") return readOnly({ ref: login.store, why: "it is borrowed", read })
  return {
    ref: login.store,
    writable: true,
    read,
    lock: (wait) => lock(cell, wait),
    store: (next, replaces) => store(cell, next, replaces),
    clear: (isDead, note) => Effect.sync(() => clear(cell, isDead, note))
  }
}

const lock = ({ login, turn }: Cell, wait: Duration.Input) =>
  turn.takeScoped(1).pipe(
    Effect.timeoutOrElse({
      duration: wait,
      orElse: () =>
        Effect.fail(
          new StoreError({
            operation: "lock",
            path: login.store.slot,
            reason: { _tag: "Busy", waited: Duration.toMillis(wait), holder: "this process" }
          })
        )
    }),
    Effect.andThen(Clock.currentTimeMillis)
  )

const store = Effect.fnUntraced(function* (
  cell: Cell,
  next: TokenSet,
  replaces: (found: TokenSet) => boolean
): Effect.fn.Return<Stored> {
  const found = cell.tokens
  if (!replaces(found)) return { _tag: "Mismatch", found }
  cell.tokens = successor(found, next, yield* Clock.currentTimeMillis)
  cell.lastAuthError = undefined
  return { _tag: "Stored" }
})

const clear = (cell: Cell, isDead: (found: TokenSet) => boolean, note: Note): Cleared => {
  const refused = notCleared(cell.tokens, isDead)
  if (refused) return refused
  cell.tokens = withoutLogin(cell.tokens)
  cell.lastAuthError = note
  return { cleared: true, removed: [] }
}
