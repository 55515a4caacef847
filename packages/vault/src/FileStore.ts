/**
 * Login files of other programs, read as they are declared: listed, never spent, never written, and read without their
 * owners' locks. A program may keep its login in the system's keyring instead, which is not read.
 */
import type { StoreRef } from "@daybook/pool/StoreRef"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Effect } from "effect"
import { resolve } from "node:path"
import { readOnly } from "./Authority.ts"
import type { CredentialFile } from "./CredentialFile.ts"
import * as DeclaredLogins from "./internal/DeclaredLogins.ts"
import { isSlotAt } from "./internal/Place.ts"
import * as StoreErrors from "./internal/StoreErrors.ts"
import type { Login, Survey } from "./Login.ts"
import type { Store } from "./Store.ts"
import type { StoreError, StoreOperation } from "./StoreError.ts"

export const make = (declared: CredentialFile): Store => {
  const file = { ...declared, path: resolve(declared.path) }
  const { owner, path, provider, renew } = file
  const why = `it belongs to ${owner}; ${renew} to renew it`
  return {
    description: { kind: "file", path, about: `the login of ${provider} in ${owner}, never spent and never written` },
    survey: survey(file),
    holds: (ref) => isIn(file, ref),
    authority: (ref) => Effect.succeed(readOnly({ ref, why, read: readSlot(file, ref) }))
  }
}

/** Whether this is a place that the declaration speaks of; there need not be a login. */
export const isIn = ({ at = [], path }: CredentialFile, ref: StoreRef): boolean =>
  ref.kind === "file" && ref.path === resolve(path) && isSlotAt(ref.slot, at)

const survey = (file: CredentialFile): Effect.Effect<Survey> =>
  DeclaredLogins.read(file, "list").pipe(
    Effect.map((all) => all.filter(({ isListed }) => isListed)),
    Effect.flatMap((listed) => Effect.partition(listed, (login) => toLogin(file, "list", login))),
    Effect.map(([logins, problems]) => ({ logins: logins.filter(({ tokens }) => !isBlank(tokens)), problems })),
    Effect.catch((problem) => Effect.succeed({ logins: [], problems: [problem] }))
  )

const readSlot = (file: CredentialFile, { slot }: StoreRef): Effect.Effect<TokenSet, StoreError> =>
  DeclaredLogins.read(file, "read").pipe(
    Effect.map((all) => all.find((login) => login.slot === slot)),
    Effect.flatMap((login) => (login ? Effect.map(toLogin(file, "read", login), ({ tokens }) => tokens) : nothing))
  )

const nothing = Effect.succeed<TokenSet>({})

const toLogin = (
  { owner, path, provider }: CredentialFile,
  operation: StoreOperation,
  { slot, tokens }: DeclaredLogins.DeclaredLogin
): Effect.Effect<Login, StoreError> =>
  Effect.fromResult(tokens).pipe(
    Effect.mapError((flaw) => StoreErrors.corrupt(operation, path, flaw)),
    Effect.map((tokens) => ({
      store: { kind: "file", path, slot },
      provider,
      kind: "oauth",
      ownership: "borrowed",
      source: owner,
      priority: 0,
      tokens
    }))
  )
