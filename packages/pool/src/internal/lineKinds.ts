/**
 * What reading a line from its text needs to know of each type of event.
 */
import { Schema } from "effect"
import { type EventType, PoolEvent } from "../Event.ts"
import { Envelope } from "../Recorded.ts"
import { type Settle, settling } from "./settle.ts"

type AnyEvent = (typeof PoolEvent.cases)[EventType]

export class LineKind {
  readonly type: EventType
  readonly namesCredential: boolean
  readonly settle: Settle
  readonly schema: Schema.Top
  #isEvent: ((event: unknown) => boolean) | undefined

  constructor({ fields }: AnyEvent) {
    this.type = fields.type.literal
    this.namesCredential = "credential" in fields
    this.settle = settling(fields.data)
    this.schema = Schema.toType(Schema.Struct({ ...Envelope.fields, ...fields }))
  }

  /** Made when first asked, so that the schema can be compiled before. */
  isEvent(event: unknown): boolean {
    this.#isEvent ??= Schema.is(this.schema)
    return this.#isEvent(event)
  }
}

export const lineKinds: ReadonlyMap<string, LineKind> = new Map(
  Object.entries(PoolEvent.cases).map(([type, event]) => [type, new LineKind(event)])
)
