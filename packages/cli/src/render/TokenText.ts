/** A token as other programs want it. This is the only place of the command where one is revealed to be printed. */
import { Redacted } from "effect"
import type { Served } from "../handover/Task.ts"
import { iso } from "./StatusJson.ts"

export const formats = ["raw", "json"] as const
export type Format = (typeof formats)[number]

const pretty = (json: unknown): ReadonlyArray<string> => [JSON.stringify(json, null, 2)]

export const textOf: Readonly<Record<Format, (served: Served) => ReadonlyArray<string>>> = {
  raw: ({ tokens }) => [Redacted.value(tokens.access)],
  json: ({ credential, expiresAt, label, provider, tokens }) =>
    pretty({
      token: Redacted.value(tokens.access),
      provider,
      credential,
      label: label ?? null,
      expiresAt: iso(expiresAt)
    })
}
