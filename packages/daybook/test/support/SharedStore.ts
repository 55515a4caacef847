/**
 * The place of the one login that several workers share.
 */
import { GrantId } from "@daybook/pool/Ids"
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Login } from "@daybook/sandbox/Operations"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Effect, Redacted } from "effect"
import { readFile } from "node:fs/promises"
import type { WorkerSettings } from "./Commands.ts"
import type { World } from "./World.ts"

export interface SharedStore {
  /** What a worker is told of it. */
  readonly settings: Pick<WorkerSettings, "vault">
  /** As a person does who logs in again. */
  readonly write: (login: Login) => Promise<void>
  readonly refreshToken: () => Promise<string | undefined>
}

/** The world's `auth.json`. */
export const inHermes = (world: World): Promise<SharedStore> =>
  Promise.resolve({
    settings: { vault: world.vault },
    write: (login) => world.writeLogin(login),
    refreshToken: async () => (await world.readVault()).providers["openai-codex"].tokens.refresh_token
  })

/** Daybook's own store, in which the world's login is made as `main`. */
export const inOwnStore = async ({ home, login }: World): Promise<SharedStore> => {
  const grant = GrantId.make(crypto.randomUUID())
  const first = { grant, provider: "openai-codex", source: "login", label: "main", tokens: tokensOf(login) }
  const ref = await Effect.runPromise(OwnStore.create(home, first, "1 second"))
  return {
    settings: { vault: [] },
    write: (next) => Effect.runPromise(storeAgain(home, ref, tokensOf(next))),
    refreshToken: async () => {
      const file = JSON.parse(await readFile(ref.path ?? "", "utf8")) as { tokens: { refresh_token?: string } }
      return file.tokens.refresh_token
    }
  }
}

/** Under the grant's lock, as every writer of this store. */
const storeAgain = Effect.fnUntraced(function* (home: string, ref: StoreRef, tokens: TokenSet) {
  const authority = yield* OwnStore.make(home).authority(ref)
  yield* authority.lock("10 seconds")
  yield* authority.store(tokens, () => true)
}, Effect.scoped)

const tokensOf = ({ access_token, account_id, expires_in, refresh_token }: Login): TokenSet => ({
  access: Redacted.make(access_token),
  refresh: Redacted.make(refresh_token),
  account: account_id,
  expiresAt: Date.now() + expires_in * 1000,
  refreshedAt: Date.now()
})
