/** Every verdict has a sentence for people, and none sends them to a command that is not there. */
import { meaningOf } from "@daybook/words/Meaning"
import { ApiVerdictName, TerminalReason, TransientReason } from "@daybook/pool/Verdict"
import type { ApiVerdict, TokenVerdict } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { daybook } from "./support/Cli.ts"
import { tempFolder } from "./support/TempFolder.ts"

const rule = "a/rule"

const verdicts: ReadonlyArray<TokenVerdict | ApiVerdict> = [
  ...TransientReason.literals.map((reason) => ({ verdict: "Transient", reason, rule }) as const),
  ...TerminalReason.literals.flatMap((reason) =>
    [true, false].map((confirm) => ({ verdict: "Terminal", reason, confirm, rule }) as const)
  ),
  ...ApiVerdictName.literals.flatMap((verdict) =>
    (["credential", "model"] as const).map((scope) => ({ verdict, scope, rule }))
  )
]

const nameOf = (verdict: TokenVerdict | ApiVerdict): string =>
  Object.values({ ...verdict, rule: "" })
    .filter((part) => part !== "")
    .join(" ")

describe("the meaning", () => {
  it.each(verdicts.map((verdict) => [nameOf(verdict), verdict] as const))(
    "of %s is said in whole sentences",
    (_, verdict) => assert.match(meaningOf(verdict), /^[A-Z][^\n]+[a-z]\.$/)
  )

  it("of a death to be confirmed is told from one that is certain", () => {
    const dead = { verdict: "Terminal", reason: "Revoked", rule } as const
    assert.notStrictEqual(meaningOf({ ...dead, confirm: true }), meaningOf({ ...dead, confirm: false }))
  })

  it.live("names no command and no option that does not exist", () =>
    Effect.gen(function* () {
      const { stdout: help } = yield* daybook(["--help"], { user: yield* tempFolder })
      assert.include(help, "classify")
      const said = verdicts.map(meaningOf).join("\n")
      const named = [...said.matchAll(/(?<=daybook )[a-z-]+|--[a-z][a-z-]*/g)].map(([name]) => name)
      for (const name of named) assert.match(help, new RegExp(`(^|\\s)${name}\\b`, "m"))
    })
  )
})
