/** The recorded answers that this version is held to, each with the definition of its provider. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Result } from "effect"
import { readRow, type Row } from "@daybook/oauth/Corpus"
import type { Provider } from "@daybook/oauth/Provider"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"

export const rows: ReadonlyArray<Row> = readFileSync(join(import.meta.dirname, "../corpus.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => Result.getOrThrow(readRow(line)))

export const providerOf = ({ provider }: Row): Provider =>
  defaultProviders.find(({ id }) => id === provider) ?? undefinedProvider
