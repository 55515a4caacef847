/** The documents of the command, and its files, as JSON Schema, draft 2020-12. */
import { documents, others } from "@daybook/cli/json/Documents"
import { Schema } from "effect"

/** Names of commands and of files, and the text of each schema's file. */
export const schemas = (): ReadonlyMap<string, string> =>
  new Map([
    ...Object.entries(documents).map(([name, shape]) => [name, textOf(`daybook ${name} --json`, shape)] as const),
    ...Object.entries(others).map(([name, [title, shape]]) => [name, textOf(title, shape)] as const)
  ])

const textOf = (title: string, shape: Schema.Constraint): string => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(shape)
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
