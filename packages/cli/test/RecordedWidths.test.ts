/** What the commands that look back print of recorded ledgers; docs.test.ts holds the pages to what is printed. */
import { open as openHistory } from "@daybook/cli/History"
import { fieldNames } from "@daybook/pool/queries/why/Fields"
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
        const head = state.head
        const lines = [
          "show",
          "show --at 5",
          "diff 3",
          "diff 3 8",
          "audit",
          "audit --since 4",
          "loops",
          "log",
          "replay --all",
          "what-if",
          "what-if --policy hermes --all",
          "what-if --policy olderHermes --from 4",
          "bisect --when count(dead)>0",
          "bisect --when head>4 --all",
          `trace ${head}`,
          `trace ${Math.ceil(head / 2)}`,
          "trace 4 --gap 1ms",
          ...ids.flatMap((id) => [
            `show ${id}`,
            `story ${id} --all`,
            `lineage ${id}`,
            `lineage ${id} --all`,
            `loops ${id}`,
            `bisect --when ${id}.accepted>0`,
            `log --credential ${id}`,
            `why ${id}`,
            `why ${id} --at ${head - 1}`,
            ...fieldNames.map((field) => `why ${id}.${field}`)
          ])
        ]
        for (const line of lines) {
          const printed = yield* linesOf(run([...line.split(" "), "--ledger", ledger]))
          assert.isAbove(printed.join("").length, 3)
          // Where the recordings lie is not theirs.
          assert.deepStrictEqual(tooWide(printed.map((text) => text.replaceAll(ledger, "HERE"))), [], line)
        }
      }).pipe(Effect.scoped, Effect.provide(nodeServices))
  )
})
