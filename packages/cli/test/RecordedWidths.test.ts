/** What the commands that look back print of recorded ledgers; docs.test.ts holds the pages to what is printed. */
import { open as openHistory } from "@daybook/cli/History"
import { members } from "@daybook/pool/PoolState"
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { linesOf, tooWide } from "./support/Answers.ts"
import { run } from "./support/InProcess.ts"

const recordings = fileURLToPath(new URL("../../../examples/ledgers", import.meta.url))

describe("every recorded ledger", () => {
  it.effect.each(readdirSync(recordings).filter((name) => name !== "README.md"))(
    "%s is answered in 80 columns",
    (name) =>
      Effect.gen(function* () {
        const ledger = join(recordings, name)
        const { state } = yield* openHistory({ home: ledger }, {})
        const ids = members(state).map(({ id }) => id)
        const lines = ["show", "diff 3", "audit", ...ids.flatMap((id) => [`show ${id}`, `story ${id} --all`])]
        for (const line of lines) {
          const printed = yield* linesOf(run([...line.split(" "), "--ledger", ledger]))
          assert.isAbove(printed.length, 3)
          assert.deepStrictEqual(tooWide(printed), [], line)
        }
      }).pipe(Effect.scoped, Effect.provide(nodeServices))
  )
})
