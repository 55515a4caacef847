/** What the tour tells a worker on its command line, as JSON. */
import { Schema } from "effect"

export const Task = Schema.Struct({
  /** Under which it writes the ledger and calls the sandbox. */
  name: Schema.String,
  home: Schema.String,
  vault: Schema.String,
  /** Of the sandbox. */
  origin: Schema.String
})
export type Task = typeof Task.Type

/** What goes between the tour and a worker. */
export type Message = "ready" | "go" | "stop"
