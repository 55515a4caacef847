/**
 * Renders the page of events from the schemas: what each says, its fields, and one example line.
 */
import { catalogue, PoolEvent, type EventType } from "@daybook/pool/Event"
import * as LedgerEvents from "@daybook/pool/events/LedgerEvents"
import * as MembershipEvents from "@daybook/pool/events/MembershipEvents"
import * as RefreshEvents from "@daybook/pool/events/RefreshEvents"
import { encodeDraft, Envelope } from "@daybook/pool/Recorded"
import { Schema } from "effect"
import { type Examples, examples } from "./event-examples.ts"
import { anchor, describe, type Described, isOptional, shapes } from "./Words.ts"

/** From the root of the repository. */
export const command = "node packages/pool/scripts/events-page.ts"

export const eventTypes: ReadonlyArray<EventType> = Object.values(PoolEvent.cases).map(
  (event) => event.fields.type.literal
)

const groupOf = (type: EventType): string => {
  if (type in LedgerEvents) return "ledger"
  if (type in MembershipEvents) return "membership"
  return type in RefreshEvents ? "refresh" : "use"
}

export const render = (): string =>
  [
    "# Events",
    `A ledger is a text file with one event a line; each is a fact in the past tense, and none is ever changed or removed.
What a pool looks like is what its events give when they are folded in order, so this page lists all that can happen to it.
It is made from the schemas: change those, then run \`${command}\`.`,
    contents(),
    envelope(),
    ...eventTypes.map(section),
    "## Shapes",
    ...Array.from(shapes, ([name, shape]) => shapeSection(name, shape))
  ].join("\n\n") + "\n"

const contents = (): string =>
  ["ledger", "membership", "refresh", "use"]
    .map((group) => {
      const links = eventTypes.filter((type) => groupOf(type) === group).map((type) => `[${type}](#${anchor(type)})`)
      return `- **${group}**: ${links.join(", ")}`
    })
    .join("\n")

const envelope = (): string =>
  [
    "## Every line",
    `One JSON object in ASCII, its keys in this order. Every line ends with \`h\` and \`c\`, left out here: the hash that chains it to
the line before, and its own checksum. An instant is ISO 8601 in UTC, a fingerprint stands for a token, ids of 36 characters are UUIDs, made as version 7.
A durable event is acknowledged when it is on the disk. A refresh that was decided on an older version of its grant is decided again.`,
    table([
      ...Object.entries(Envelope.fields)
        .filter(([name]) => !(name in afterCredential))
        .map(([name, field]) => row(name, field)),
      ["`type`", "name of the event", ""],
      ["`v`", "version of the event's shape, now `1`", ""],
      ["`credential`", "id of the credential that the event is about", "yes"],
      ...Object.entries(afterCredential).map(([name, field]) => row(name, field)),
      ["`data`", "object with the fields of the event", ""]
    ])
  ].join("\n\n")

const afterCredential = { cause: Envelope.fields.cause, correlation: Envelope.fields.correlation }

const section = (type: EventType): string => {
  const { durable, kind, refresh, says } = catalogue[type]
  const fields: Readonly<Record<string, Described>> = PoolEvent.cases[type].fields.data.fields
  return [
    `## ${type}`,
    says,
    [kind, durable ? "durable" : "not durable", refresh ? "moves the version" : "does not move the version"].join(
      " · "
    ),
    fieldsOf(fields),
    `\`\`\`json\n${exampleLine(type)}\n\`\`\``
  ].join("\n\n")
}

const fieldsOf = (fields: Readonly<Record<string, Described>>): string => {
  const rows = Object.entries(fields).map(([name, field]) => row(name, field))
  return rows.length === 0 ? "No data." : table(rows)
}

const shapeSection = (name: string, shape: Described): string =>
  [`### ${name}`, shape.fields === undefined ? choices(shape) : fieldsOf(shape.fields)].join("\n\n")

const choices = (shape: Described): string =>
  (shape.literals ?? []).map((literal) => `- \`${String(literal)}\``).join("\n")

type Row = readonly [name: string, type: string, optional: string]

const row = (name: string, field: Described): Row => [`\`${name}\``, describe(field), isOptional(field) ? "yes" : ""]

const table = (rows: ReadonlyArray<Row>): string =>
  [["field", "type", "optional"], ["---", "---", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const encodeEnvelope = Schema.encodeSync(Envelope)

/** An example as it stands in a ledger, without the trailer. */
export const exampleLine = (type: keyof Examples): string => {
  const example = examples[type]
  const { cause, correlation, ...place } = encodeEnvelope(example)
  const { data, ...event } = encodeDraft(example)
  return JSON.stringify({ ...place, ...event, cause, correlation, data })
}
