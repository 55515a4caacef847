import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { defaultProviders } from "@daybook/oauth/Providers"
import { apiRules, classifierVersion, tokenRules } from "@daybook/oauth/Rules"
import * as ClassificationPage from "../scripts/ClassificationPage.ts"
import * as ProvidersPage from "../scripts/ProvidersPage.ts"

const read = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8")

describe("a page that is made from code", () => {
  it.each([
    ["classification.md", ClassificationPage.render],
    ["providers.md", ProvidersPage.render]
  ] as const)("docs/%s is what the code gives", (name, render) => {
    assert.isTrue(read(name) === render(), `docs/${name} is out of date; run: ${ClassificationPage.command}`)
  })

  it("lists every rule that can fire", () => {
    const page = read("classification.md")
    const rules = [{ rules: [] }, ...defaultProviders].flatMap((provider) => [
      ...tokenRules(provider),
      ...apiRules(provider)
    ])
    for (const { id } of rules) assert.include(page, `\`${id}\``)
  })
})

describe("the classifier's version", () => {
  /** Of the rules as they were when the version went up; a verdict in a ledger is read by it. */
  const digests: Readonly<Record<number, string>> = {
    2: "4abecb05e3de106e"
  }

  it("goes up when any rule changes: then add a line with the new version's digest", () => {
    const rules = [{ rules: [] }, ...defaultProviders].map((provider) => [tokenRules(provider), apiRules(provider)])
    const digest = createHash("sha256").update(JSON.stringify(rules)).digest("hex").slice(0, 16)
    assert.strictEqual(digests[classifierVersion], digest)
  })
})
