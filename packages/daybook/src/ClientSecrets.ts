/**
 * Client secrets come from the environment: some vendors ship theirs inside a public program, but they are not ours to
 * repeat.
 */
import { defineProvider, type Provider } from "@daybook/oauth/Provider"
import { Redacted } from "effect"
import type { Environment } from "./Home.ts"

/** `DAYBOOK_CLIENT_SECRET_GOOGLE_GEMINI` for `google-gemini`. */
export const secretVariable = (id: string): string =>
  `DAYBOOK_CLIENT_SECRET_${id.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`

/** The provider with the secret that its client wants, if the environment has it and the definition does not. */
export const withClientSecret = (provider: Provider, environment: Environment = process.env): Provider => {
  const secret = environment[secretVariable(provider.id)]
  return provider.clientAuthentication === "none" || provider.clientSecret !== undefined || !secret
    ? provider
    : defineProvider({ ...provider, clientSecret: Redacted.make(secret, { label: "client_secret" }) })
}
