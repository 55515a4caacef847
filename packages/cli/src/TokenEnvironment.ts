/** Environment variables that hand a token to a program. */
import { variableOf } from "@daybook/oauth/Environment"
import type { Provider } from "@daybook/oauth/Provider"
import { format } from "@daybook/pool/Instant"
import { Redacted } from "effect"
import type { Served } from "./handover/Task.ts"

/** The variable of the provider's own client libraries, and Daybook's own. What is not known is empty, so that no older value stays. */
export const environmentOf = (served: Served, provider: Provider | undefined): Readonly<Record<string, string>> => {
  const { credential, expiresAt, kind, provider: id, tokens } = served
  const token = Redacted.value(tokens.access)
  const usual = variableOf(provider, id, kind)
  return {
    ...(usual === undefined ? {} : { [usual]: token }),
    DAYBOOK_TOKEN: token,
    DAYBOOK_CREDENTIAL: credential,
    DAYBOOK_EXPIRES_AT: expiresAt === undefined ? "" : format(expiresAt)
  }
}
