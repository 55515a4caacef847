/** The two kinds of exclusive lock, by the names that tests and their other processes use. */
import type { ExclusiveLock } from "@daybook/files/ExclusiveLock"
import type { LockError } from "@daybook/files/LockError"
import * as RangeLock from "@daybook/files/RangeLock"
import * as SqliteLock from "@daybook/files/SqliteLock"
import type { Effect, Scope } from "effect"

export type Open = (path: string) => Effect.Effect<ExclusiveLock, LockError, Scope.Scope>

export type LockKind = "range" | "sqlite"

export const locks: Record<LockKind, Open> = { range: RangeLock.open, sqlite: SqliteLock.open }

export const isLockKind = (kind: string): kind is LockKind => Object.hasOwn(locks, kind)
