/** A token in the form in which another program takes it. Nothing else in the command reveals one to print it. */
import { revealForApi } from "@daybook/oauth/ApiRequest"
import type { Provider } from "@daybook/oauth/Provider"
import { Redacted, Schema } from "effect"
import { awsDocument } from "../AwsDocument.ts"
import type { Served } from "../handover/Task.ts"
import { revealTokenJson, Token } from "../json/Token.ts"
import { inShell } from "../Shell.ts"
import { environmentOf } from "../TokenEnvironment.ts"

export const formats = ["raw", "json", "headers", "env", "aws"] as const
export type Format = (typeof formats)[number]

/** Lines for stdout. */
export const textOf: Readonly<
  Record<Format, (served: Served, provider: Provider | undefined) => ReadonlyArray<string>>
> = {
  raw: ({ tokens }) => [Redacted.value(tokens.access)],
  json: (served) => pretty(Schema.encodeSync(Token)(revealTokenJson(served))),
  headers: ({ kind, tokens }, provider) =>
    Object.entries(revealForApi(provider ?? { apiHeaders: {} }, kind, tokens)).map(
      ([name, value]) => `${name}: ${value}`
    ),
  env: (served, provider) =>
    Object.entries(environmentOf(served, provider)).map(([name, value]) => `export ${name}=${inShell(value)}`),
  aws: (served) => pretty(awsDocument(served))
}

const pretty = (json: unknown): ReadonlyArray<string> => [JSON.stringify(json, null, 2)]
