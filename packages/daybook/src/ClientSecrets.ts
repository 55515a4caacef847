/**
 * Client secrets come from the environment: some vendors ship theirs inside a public program, but they are not ours to
 * repeat.
 */
import { lacksSecret, secretVariable } from "@daybook/oauth/ClientSecret"
import { defineProvider, type Provider } from "@daybook/oauth/Provider"
import { Redacted } from "effect"
import type { Environment } from "./Home.ts"

/** The provider with the secret that its client wants, if the environment has it and the definition does not. */
export const withClientSecret = (provider: Provider, environment: Environment = process.env): Provider => {
  const secret = environment[secretVariable(provider.id)]
  return !lacksSecret(provider) || !secret
    ? provider
    : defineProvider({ ...provider, clientSecret: Redacted.make(secret, { label: "client_secret" }) })
}
