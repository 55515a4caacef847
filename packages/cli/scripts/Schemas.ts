/** The documents of the command as JSON Schema, draft 2020-12. */
import { documents } from "@daybook/cli/json/Documents"
import { Schema } from "effect"

/** Names of commands, and the text of each schema's file. */
export const schemas = (): ReadonlyMap<string, string> =>
  new Map(Object.entries(documents).map(([name, shape]) => [name, textOf(name, shape)]))

const textOf = (name: string, shape: Schema.Constraint): string => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(shape)
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `daybook ${name} --json`,
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
