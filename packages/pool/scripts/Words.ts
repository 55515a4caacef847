/**
 * A schema in plain words, for the page of events: what stands in a field on disk.
 * Shapes that many events share have a name and a section of their own; everything else is said in place.
 */
import { Code, Evidence } from "@daybook/pool/Evidence"
import { Winner } from "@daybook/pool/events/RefreshEvents"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { Generation, GenerationRef } from "@daybook/pool/Generation"
import { ActorId, AttemptId, CorrelationId, CredentialId, EventId, GrantId, LedgerId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { BenchRow, Policy, TerminalRow } from "@daybook/pool/Policy"
import { StoreRef } from "@daybook/pool/StoreRef"
import { ApiVerdictName, TerminalReason, TransientReason } from "@daybook/pool/Verdict"
import { Schema, type SchemaAST } from "effect"

/** What a schema says about its own parts. */
export interface Described {
  readonly ast: SchemaAST.AST
  readonly fields?: Readonly<Record<string, Described>>
  readonly literals?: ReadonlyArray<unknown>
  readonly members?: ReadonlyArray<Described>
  /** Of a list. */
  readonly value?: Described
  /** What is optional, or has a brand. */
  readonly schema?: Described
  /** Of what may be absent on disk and then has a default. */
  readonly from?: Described
  readonly to?: Described
}

/** Shapes with a section of their own, in the order of the page. */
export const shapes = new Map<string, Described>([
  ["name of a generation", GenerationRef],
  ["generation", Generation],
  ["evidence", Evidence],
  ["winner", Winner],
  ["store", StoreRef],
  ["policy", Policy],
  ["bench row", BenchRow],
  ["terminal row", TerminalRow],
  ["transient reason", TransientReason],
  ["terminal reason", TerminalReason],
  ["API verdict", ApiVerdictName]
])

const words = new Map<Described, string>([
  [Instant, "instant"],
  [Fingerprint, "fingerprint"],
  [Code, "code of up to 64 plain characters"],
  [Seq, "place in the ledger, from 1 on"],
  [ActorId, "id of an actor"],
  [AttemptId, "id of an attempt"],
  [CorrelationId, "id of a story"],
  [CredentialId, "id of a credential"],
  [EventId, "id of an event"],
  [GrantId, "id of a grant"],
  [LedgerId, "id of a ledger"],
  [Schema.Natural, "whole number"],
  ...Array.from(shapes, ([name, shape]) => [shape, `[${name}](#${anchor(name)})`] as const)
])

/** How Markdown renderers make an address of a heading. */
export function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(" ", "-")
}

export const isOptional = (field: Described): boolean => (field.from ?? field).ast.context?.isOptional === true

export const describe = (field: Described): string => words.get(field) ?? within(field, field.schema ?? field.to)

const within = (field: Described, inner: Described | undefined): string =>
  inner === undefined ? inPlace(field) : describe(inner)

const inPlace = (schema: Described): string => {
  if (schema.literals !== undefined) return either(schema.literals.map((literal) => `\`${String(literal)}\``))
  if (schema.members !== undefined) return either(schema.members.map(describe))
  if (schema.value !== undefined) return `list of: ${describe(schema.value)}`
  if (schema.fields !== undefined) return `object with ${members(schema.fields)}`
  return plain(schema.ast)
}

const either = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.slice(-1).join("")}`

const members = (fields: Readonly<Record<string, Described>>): string =>
  Object.entries(fields)
    .map(([name, field]) => `\`${name}\` (${describe(field)}${isOptional(field) ? ", optional" : ""})`)
    .join(", ")

const plain = (ast: SchemaAST.AST): string => {
  switch (ast._tag) {
    case "String":
      return ["text", ...limits(ast)].join(", ")
    case "Number":
      return [isWhole(ast) ? "whole number" : "number", ...limits(ast)].join(", ")
    case "Boolean":
      return "`true` or `false`"
    case "Literal":
      return `\`${String(ast.literal)}\``
    default:
      throw new Error(`the page has no words for a field of kind ${ast._tag}; give it some in Words.ts`)
  }
}

const isWhole = (ast: SchemaAST.AST): boolean => expectations(ast).includes("an integer")

const unsaid = new Set(["an integer", "a finite number"])

const limits = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  expectations(ast)
    .filter((expected) => !unsaid.has(expected))
    .map((expected) =>
      expected
        .replace(/^a value with a length of at most (\d+)$/, "at most $1 characters")
        .replace("a value with a length of at least 1", "not empty")
        .replace("a value between ", "between ")
        .replace(/^a string matching the RegExp (.*)$/, "matching `$1`")
    )

const expectations = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  (ast.checks ?? []).map(({ annotations }) => annotations?.["expected"] ?? "")
