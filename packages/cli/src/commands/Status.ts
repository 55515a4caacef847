/** `daybook status` */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Status, statusJson } from "../json/Status.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { statusLines } from "../render/StatusLines.ts"
import { settings } from "../Root.ts"

export const status = Command.make(
  "status",
  {},
  Effect.fnUntraced(function* () {
    const { home, json, paint, vault } = yield* settings
    const view = yield* Effect.provide(ReadPool.view({ home, vault }), ReadPool.layer({ home, vault }))
    if (json) return yield* Output.documentOf(Status, statusJson(view))
    yield* Output.lines(statusLines(view, paint))
    yield* Output.warnings(view.problems)
  })
).pipe(
  Command.withDescription(
    "How each credential stands, why, and what to do. Reads the ledger and the stores; sends and writes nothing"
  )
)
