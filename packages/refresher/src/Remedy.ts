/** What a person does about a login that is dead. Pure. */
import type { Provider } from "@daybook/oauth/Provider"
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { TerminalReason } from "@daybook/pool/Verdict"
import { type About, relogin } from "./Relogin.ts"

/** Says which program to look at, and what to do. */
export const remedyOf = (provider: Provider, credential: About, reason: TerminalReason): string => {
  const again = relogin(provider, credential)
  return reason === "Reused"
    ? `Another program spent its refresh token${whereElse(credential.store)}. Stop that program from using this login. ${again}`
    : again
}

const whereElse = ({ path }: Pick<StoreRef, "path">): string =>
  path === undefined ? "" : ` (look at what else reads ${path}, and at the provider's own CLI)`
