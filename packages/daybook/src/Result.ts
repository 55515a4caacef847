/** For those who prefer no throws: Daybook's own errors as values. */
import { LockError } from "@daybook/files/LockError"
import { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import { RefreshError } from "@daybook/pool/RefreshError"
import {
  AmbiguousCredential,
  ForbiddenOrigin,
  NoneAvailable,
  PoolClosed,
  UnknownCredential,
  UnknownProvider
} from "@daybook/refresher/PoolError"

const errors = [
  AmbiguousCredential,
  AppendError,
  ForbiddenOrigin,
  LedgerError,
  LockError,
  NoneAvailable,
  PoolClosed,
  RefreshError,
  UnknownCredential,
  UnknownProvider
] as const

/** Whatever a pool rejects with; `_tag` tells them apart. */
export type DaybookError = InstanceType<(typeof errors)[number]>

export type Result<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly error: DaybookError }

export const isDaybookError = (error: unknown): error is DaybookError => errors.some((kind) => error instanceof kind)

/**
 * Rejects only with what is no error of Daybook's, such as a mistake in a program.
 *
 * @example
 * const got = await result(pool.getToken("openai-codex"))
 * if (!got.ok) console.error(got.error.message)
 */
export const result = async <A>(promise: Promise<A>): Promise<Result<A>> => {
  try {
    return { ok: true, value: await promise }
  } catch (error) {
    if (isDaybookError(error)) return { ok: false, error }
    throw error
  }
}
