/** Schemas over files that people and other programs write: the first wrong field, by name and without its value. */
import { Result, Schema, SchemaIssue } from "effect"
import type { Flaw } from "../StoreError.ts"

/** `at` is where in the file the value stands. */
export const decode = <A>(
  schema: Schema.Codec<A, unknown>,
  value: unknown,
  at: ReadonlyArray<PropertyKey> = []
): Result.Result<A, Flaw> =>
  Result.mapError(Schema.decodeUnknownResult(schema)(value), ({ issue }) => {
    const [first] = toIssues(issue).issues
    const field = fieldName([...at, ...pathOf(first?.path)])
    return { why: first?.message ?? "wrong type", ...(field !== "" && { field }) }
  })

const toIssues = SchemaIssue.makeFormatterStandardSchemaV1()

const pathOf = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined) =>
  (path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment))

const fieldName = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>(
    (name, key) => (typeof key === "number" ? `${name}[${key}]` : name === "" ? String(key) : `${name}.${String(key)}`),
    ""
  )
