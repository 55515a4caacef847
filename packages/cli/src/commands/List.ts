/** `daybook list` */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Status, statusJson } from "../json/Status.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { listLines } from "../render/ListLines.ts"
import { settings } from "../Root.ts"

export const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const { home, json, paint, vault } = yield* settings
    const view = yield* Effect.provide(ReadPool.view({ home, vault }), ReadPool.layer({ home, vault }))
    if (json) return yield* Output.documentOf(Status, statusJson(view))
    yield* Output.lines(listLines(view, paint))
    yield* Output.warnings(view.problems)
  })
).pipe(Command.withDescription("The credentials as a table, with the store each lives in. Sends and writes nothing"))
