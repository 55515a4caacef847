/**
 * What becomes of a text in an excerpt, by the name of the field it stands in. A field of a new event belongs here; until
 * it does, it is treated as a text of anybody's.
 */

export type Treatment =
  /** A word of ours or a provider's, an id that chance made, a time. */
  | "keep"
  /** A provider knows whose request it was. */
  | "leave out"
  | "fingerprint"
  /** It becomes a number. */
  | "number"
  /** The id of a credential, or of a row in a store. */
  | "id"
  | "path"
  | "slot"
  | "source"
  | "program"
  | "model"
  /** Somebody's words. */
  | "text"

const fields: Readonly<Record<Treatment, string>> = {
  keep:
    "grant attempt actor of from by how where kind ownership provider store trigger surface verdict verdicts reason rule " +
    "phase bound found standing strategy body code fault exhausted shape withoutCodes hash",
  "leave out": "requestId labelFingerprint",
  fingerprint: "access refresh account seat",
  number: "host label",
  id: "credential removed",
  path: "path folder",
  slot: "slot",
  source: "source",
  program: "program",
  model: "model",
  text: "message name version why"
}

const byField: ReadonlyMap<string, Treatment> = new Map(
  Object.entries(fields).flatMap(([treatment, names]) =>
    names.split(" ").map((name) => [name, treatment as Treatment] as const)
  )
)

export const isKnown = (field: string): boolean => byField.has(field)

export const treatmentOf = (field: string): Treatment => byField.get(field) ?? "text"
