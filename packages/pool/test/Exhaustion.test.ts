/**
 * That nothing is available is said once, and again only for other reasons.
 */
import { sayExhausted } from "@daybook/pool/decisions/Exhaustion"
import { fold } from "@daybook/pool/Evolve"
import { empty, type Exhausted, providerById } from "@daybook/pool/PoolState"
import { assert, describe, it } from "@effect/vitest"
import { credentialId, hour, provider, recorded, start } from "./support.ts"

const found: Exhausted = { provider, until: start + hour, passed: [{ credential: credentialId, why: "paused" }] }
const said = (...all: ReadonlyArray<Exhausted>) => fold(recorded(all.flatMap((one) => sayExhausted(empty, one))))

describe("that nothing is available", () => {
  it("is said when nobody has said so yet", () => {
    assert.deepStrictEqual(sayExhausted(empty, found), [{ type: "SelectionExhausted", v: 1, data: found }])
  })

  it("is not said again", () => {
    assert.deepStrictEqual(sayExhausted(said(found), { ...found, passed: [...found.passed] }), [])
  })

  it("is said again for another reason, another end, another model, another provider", () => {
    const others: ReadonlyArray<Partial<Exhausted>> = [
      { passed: [{ credential: credentialId, why: "dead (Revoked)" }] },
      { passed: [] },
      { until: start + 2 * hour },
      { model: "gpt-5" },
      { provider: "xai-oauth" }
    ]
    for (const other of others) assert.lengthOf(sayExhausted(said(found), { ...found, ...other }), 1)
  })

  it("is compared with what was said last, for each model by itself", () => {
    const other = { ...found, until: start + 2 * hour }
    assert.lengthOf(sayExhausted(said(found, other), found), 1)
    assert.lengthOf(sayExhausted(said(found, { ...other, model: "gpt-5" }), found), 0)
  })

  it("is remembered for the newest few models", () => {
    const models = Array.from({ length: 20 }, (_, n) => ({ ...found, model: `model-${n}` }))
    assert.strictEqual(providerById(said(...models), provider).exhausted?.length, 8)
    assert.lengthOf(sayExhausted(said(...models), models[19]!), 0)
    assert.lengthOf(sayExhausted(said(...models), models[0]!), 1)
  })
})
