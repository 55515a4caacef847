/**
 * The files in docs/schemas, as a validator of somebody else's reads them: JSON Schema, draft 2020-12. A field that a
 * schema does not name is a fault here, though readers are told to let it pass.
 */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import { readdirSync, readFileSync } from "node:fs"

const folder = new URL("../../../../docs/schemas/", import.meta.url)

const ending = ".schema.json"

export const names: ReadonlyArray<string> = readdirSync(folder).map((file) => file.slice(0, -ending.length))

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true })

const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== "object" || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, part]) =>
      key === "additionalProperties" && part === true ? [key, false] : [key, closed(part)]
    )
  )
}

const validators = new Map<string, ValidateFunction>(
  names.map((name) => {
    const text = readFileSync(new URL(`${name}${ending}`, folder), "utf8")
    return [name, ajv.compile(closed(JSON.parse(text)) as object)]
  })
)

/** What is wrong with a document, by place. */
export const flawsIn = (name: string, document: unknown): ReadonlyArray<string> => {
  const isValid = validators.get(name)
  if (isValid === undefined) return [`docs/schemas/${name}${ending} is not there`]
  if (isValid(document)) return []
  return (isValid.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(" ")
  )
}

/** What is wrong with what a command printed on stdout, if it was asked for JSON and printed something. */
export const flawsInAnswer = (words: ReadonlyArray<string>, stdout: string): ReadonlyArray<string> => {
  const isJson = words.includes("--json") || (words[0] === "token" && words.join(" ").includes("--format json"))
  if (!isJson || stdout === "") return []
  const name = words.includes("--observe") ? "observe" : (words[0] ?? "")
  const documents = name === "log" ? stdout.trimEnd().split("\n") : [stdout]
  return documents.flatMap((text) => flawsIn(name, JSON.parse(text)))
}
