import { printed } from "@daybook/cli/Printed"
import { colours } from "@daybook/cli/render/Paint"
import { assert, describe, it } from "@effect/vitest"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { CredentialId } from "@daybook/pool/Ids"
import { Effect } from "effect"
import { daybook } from "./support/Cli.ts"
import { tempFolder } from "./support/TempFolder.ts"

describe("what is printed", () => {
  it("shows what would be an order to a terminal, or turn letters round", () => {
    assert.strictEqual(printed("a\u001b]0;b\u0007c\r\u009b2J\u007f"), "a\\u001b]0;b\\u0007c\\u000d\\u009b2J\\u007f")
    assert.strictEqual(printed("\u202egnp.exe\u2069"), "\\u202egnp.exe\\u2069")
    assert.strictEqual(printed("\u001b[8mhidden"), "\\u001b[8mhidden")
  })

  it("keeps lines, tabs, colours and the letters of all languages", () => {
    const text = `${colours("bad", "héllo")}\tשלום\n${colours("faint", "日本")}`
    assert.strictEqual(printed(text), text)
  })

  it.live("of a ledger with hostile texts has no order to a terminal in it, in no command", () =>
    Effect.gen(function* () {
      const [folder, user] = [yield* tempFolder, yield* tempFolder]
      const label = "\u001b]0;owned\u0007\u001b[2J\u202e"
      yield* Ledger.use((ledger) => ledger.append([hostile(label)])).pipe(
        Effect.provide(FileLedger.layer({ folder, program: `p\u001b[2J`, version: "\u009b2J" })),
        Effect.scoped
      )
      for (const command of [["log"], ["show"], ["audit"], ["loops"], ["story", "\u001b[2J"], ["log", "--json"]]) {
        const { stderr, stdout } = yield* daybook([...command, "--ledger", folder], { user })
        assert.notMatch(stdout + stderr, /[^\P{Cc}\n]|\p{Bidi_Control}/u, command.join(" "))
      }
      assert.include((yield* daybook(["log", "--ledger", folder], { user })).stdout, "\\u001b]0;owned\\u0007")
    })
  )
})

const hostile = (label: string) =>
  ({ type: "CredentialRelabelled", v: 1, credential: CredentialId.make("main"), data: { label } }) as const
