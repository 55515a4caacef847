/** What the page tells of the ledgers in examples/ledgers. What it must tell stands beside each. */
import { answers } from "@daybook/viewer/answers/Answers"
import { assert, describe, it } from "vitest"
import { cursorAt, expectedOf, names, open } from "./support/Recordings.ts"

describe.each(names)("the recorded ledger %s", (name) => {
  const { asked, loops } = expectedOf(name)

  for (const { at, cause, credential, next } of asked) {
    it(`says of ${credential} ${at === undefined ? "in the end" : `at ${at}`}: ${cause}`, async () => {
      const opened = await open(name)
      const answer = await answers.why(opened, { credential, at: await cursorAt(opened, at) })
      assert.strictEqual(answer.cause, cause, answer.says)
      if (next !== undefined) assert.strictEqual(answer.next.command, next)
    })
  }

  it(`shows ${loops.length === 0 ? "no loop" : `the loop ${loops.join(", ")}`}`, async () => {
    const opened = await open(name)
    const found = await answers.loops(opened, { at: opened.end })
    assert.deepStrictEqual(
      found.map(({ kind }) => kind),
      loops
    )
  })

  it("tells beside a credential the loop of the list that nothing has broken", async () => {
    const opened = await open(name)
    const listed = await answers.loops(opened, { at: opened.end })
    const { credentials } = await answers.state(opened, { at: opened.end })
    for (const { id } of credentials) {
      const { loop } = await answers.why(opened, { credential: id, at: opened.end })
      if (loop !== undefined) assert.deepInclude(listed, loop)
      else
        assert.deepStrictEqual(
          listed.filter(({ credential, isRunning }) => isRunning && credential === id),
          []
        )
    }
  })
})
