/** What a client needs to name itself by, beside its id: RFC 6749 section 2.3.1. */
import { nameIn } from "./Environment.ts"
import type { Provider } from "./Provider.ts"

export const lacksSecret = ({ clientAuthentication, clientSecret }: Provider): boolean =>
  clientAuthentication !== "none" && clientSecret === undefined

/** The variable of the environment that a secret may come from: `DAYBOOK_CLIENT_SECRET_GOOGLE_GEMINI` for `google-gemini`. */
export const secretVariable = (id: string): string => `DAYBOOK_CLIENT_SECRET_${nameIn(id)}`
