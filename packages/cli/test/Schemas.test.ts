/** The JSON Schemas in docs/schemas. */
import { table } from "@daybook/cli/CommandTable"
import { documents, others } from "@daybook/cli/json/Documents"
import { assert, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { schemas } from "../scripts/Schemas.ts"

const folder = new URL("../../../docs/schemas/", import.meta.url)

/** Of these, `start` answers so with --observe; the others hand over what is not Daybook's own, or files. */
const without = ["start", "exec", "export"]

it("are there for every command that answers in JSON", () => {
  assert.sameMembers([...Object.keys(documents), ...without], Object.keys(table))
})

it("are what the commands' documents and files give, one for each", () => {
  assert.deepStrictEqual(
    readdirSync(folder).toSorted(),
    [...Object.keys(documents), ...Object.keys(others)].map((name) => `${name}.schema.json`).toSorted()
  )
  for (const [name, text] of schemas()) {
    const file = readFileSync(new URL(`${name}.schema.json`, folder), "utf8")
    assert.isTrue(
      file === text,
      `docs/schemas/${name}.schema.json is out of date; run: node packages/cli/scripts/make-schemas.ts`
    )
  }
})
