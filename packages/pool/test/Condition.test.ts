import { CredentialId } from "@daybook/pool/Ids"
import { holds, readings, credentialsIn } from "@daybook/pool/queries/condition/Condition"
import { fields, poolFields } from "@daybook/pool/queries/condition/Fields"
import { parse } from "@daybook/pool/queries/condition/Parse"
import { fieldNames } from "@daybook/pool/queries/why/Fields"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import {
  at,
  benched,
  credentialId,
  enrolled,
  enrolledOther,
  generation,
  given,
  minute,
  observed,
  otherCredentialId,
  paused,
  quarantined,
  removed,
  start,
  type Step
} from "./support.ts"

const first = generation(1, { expiresAt: start + 60 * minute })

const idOf = (name: string) =>
  ["codex-1", "codex-2"].includes(name) ? CredentialId.make(name) : name === "my login" ? credentialId : undefined

const isSo = (text: string, ...steps: ReadonlyArray<Step>): boolean =>
  holds(Result.getOrThrow(parse(text)), { state: given(...steps), idOf })

const flawOf = (text: string) => {
  const parsed = parse(text)
  if (Result.isSuccess(parsed)) throw new Error(`${text} was read`)
  return parsed.failure
}

const two = [enrolled(), observed(first), enrolledOther({ priority: 1, provider: "xai-oauth" })]

describe("a condition", () => {
  it("compares a field of a credential with a word, a number or a time", () => {
    assert.isTrue(isSo("codex-1.status == ok", ...two))
    assert.isFalse(isSo("codex-1.status == dead", ...two))
    assert.isTrue(isSo("codex-1.status == dead", ...two, quarantined(first)))
    assert.isTrue(isSo("codex-2.priority < 2", ...two))
    assert.isTrue(isSo("codex-1.expiresAt > 2026-11-22T10:59:00Z", ...two))
    assert.isTrue(isSo("codex-1.expiresAt <= 2026-11-22T11:00:00.000Z", ...two))
    assert.isTrue(isSo("codex-1.operator == paused", ...two, paused))
  })

  it("asks of the pool how far it has come, and how many of its members are so", () => {
    assert.isTrue(isSo("head == 3", ...two))
    assert.isTrue(isSo("at == 2026-11-22T10:00:02Z", ...two))
    assert.isTrue(isSo("count(ok) == 2", ...two))
    assert.isTrue(isSo("count(dead) > 0", ...two, quarantined(first)))
    assert.isTrue(isSo("count(status == ok && provider == xai-oauth) == 1", ...two))
    assert.isTrue(isSo("count(ok) < 2", ...two, removed))
  })

  it("binds ! before &&, and && before ||", () => {
    assert.isTrue(isSo("head == 3 || head == 4 && head == 5", ...two))
    assert.isFalse(isSo("(head == 3 || head == 4) && head == 5", ...two))
    assert.isTrue(isSo("!head == 4 || head == 4", ...two) && isSo("!(head == 4) && head == 3", ...two))
    assert.isFalse(isSo("!head == 3 && head == 3", ...two))
  })

  it("takes a field alone for whether it is there", () => {
    assert.isTrue(isSo("codex-1.removed", ...two, removed))
    assert.isFalse(isSo("codex-1.removed", ...two))
    assert.isTrue(isSo("codex-1.status == removed", ...two, removed))
    assert.isFalse(isSo("codex-1.cooldown", ...two))
    assert.isTrue(isSo("codex-1.cooldown && codex-1.until != none", ...two, benched(start + 60 * minute)))
  })

  it("judges a bench at the time of the last event, not of now", () => {
    const bench = at(start + minute, benched(start + 2 * minute))
    assert.isTrue(isSo("codex-1.status == cooling", ...two, bench))
    assert.isFalse(isSo("codex-1.status == cooling", ...two, bench, at(start + 3 * minute, paused)))
  })

  it("of what is not there is equal to none alone, and neither less nor more", () => {
    assert.isTrue(isSo("codex-2.status == none", enrolled()))
    assert.isTrue(isSo("codex-2.status != dead", enrolled()))
    assert.isFalse(isSo("codex-2.priority < 5", enrolled()))
    assert.isFalse(isSo("codex-2.priority >= 5", enrolled()))
  })

  it("knows a token by the beginning of its fingerprint", () => {
    assert.isTrue(isSo("codex-1.current == fp_refresh1", ...two))
    assert.isFalse(isSo("codex-1.current == fp_refresh2", ...two))
    assert.isFalse(isSo("codex-1.current == none", ...two))
  })

  it("may name a credential that has blanks in its label", () => {
    assert.isTrue(isSo('"my login".status == ok', ...two))
    assert.isTrue(isSo("'my login'.provider == 'openai-codex'", ...two))
  })

  it("tells which credentials it names, and how what it compares stands", () => {
    const condition = Result.getOrThrow(parse("codex-1.status == dead && codex-2.until > at || count(dead) > 0"))
    assert.deepStrictEqual(credentialsIn(condition), [credentialId, otherCredentialId])
    assert.deepStrictEqual(
      readings(condition, { state: given(...two), idOf }).map(({ text, value }) => `${text}: ${value}`),
      ["codex-1.status: ok", "codex-2.until: undefined", `at: ${start + 2000}`, "count(dead): 0"]
    )
  })

  it("has every field that can be asked for its cause", () => {
    for (const name of fieldNames) assert.property(fields, name)
  })

  it("can ask for every field there is", () => {
    for (const [name, { says }] of Object.entries(fields)) {
      assert.isBoolean(isSo(`codex-1.${name} == none`, ...two), says)
      assert.isBoolean(isSo(`count(${name}) > 0`, ...two), says)
    }
    for (const name of Object.keys(poolFields)) assert.isBoolean(isSo(`${name} != none`, ...two))
  })
})

describe("a condition that cannot be read", () => {
  const at_ = (text: string): string => {
    const { column, says } = flawOf(text)
    return `${column}: ${says}`
  }

  it("is told the column, and what is wrong there", () => {
    assert.strictEqual(at_("main.status = dead"), "13: write == for equal")
    assert.strictEqual(at_("head > 1 & head < 3"), "10: write && for and")
    assert.strictEqual(at_("(head > 1"), "10: ) is missing here")
    assert.strictEqual(at_("head > "), "7: the condition ends here, and something is missing")
    assert.strictEqual(at_(""), "1: the condition ends here, and something is missing")
    assert.strictEqual(at_("head > 1 head"), "10: head is one too many; join conditions by && or ||")
    assert.strictEqual(at_('main.label == "x'), "15: the quotation is not closed")
    assert.strictEqual(at_("main.label == #"), "15: # means nothing here")
    assert.strictEqual(at_("count(count(dead) > 0) > 0"), "7: count cannot stand inside count")
    assert.strictEqual(at_("head > )"), "8: ) cannot stand here")
    assert.match(at_("count(dead) > 0 && status == ok"), /^20: compare a field with something/)
  })

  it("is told so when it could never hold", () => {
    assert.strictEqual(at_("main.status == deaad"), "16: it is never deaad")
    assert.strictEqual(at_("head > many"), "8: many is no number")
    assert.strictEqual(
      at_("main.until > tomorrow"),
      "14: tomorrow is no time; write 2026-11-22T10:00:00Z or 2026-11-22"
    )
    assert.strictEqual(at_("main.removed == maybe"), "17: maybe is neither yes nor no")
    assert.strictEqual(at_("main.status < dead"), "13: < is for numbers and times; use == or !=")
    assert.strictEqual(at_("dead"), "1: dead alone says nothing; compare a field with it, such as main.status == dead")
    assert.strictEqual(at_("dead == dead"), "1: compare a field with something, such as main.status == dead")
  })

  it("is told which words are known where one is not", () => {
    const { column, unknown } = flawOf("head > 3 && main.statsu == dead")
    assert.strictEqual(column, 18)
    assert.strictEqual(unknown?.typed, "statsu")
    assert.include(unknown?.known ?? [], "status")
    assert.include(flawOf("main.constructor == 1").says, "no field constructor")
  })

  it("may be long, as long as it is not deep", () => {
    assert.isTrue(isSo(Array.from({ length: 500 }, () => "(head == 3)").join(" && "), ...two))
  })

  it("is refused before it is nested too deep to be read", () => {
    assert.match(at_(`${"(".repeat(10_000)}head > 1`), /nested too deep/)
    assert.match(at_(`${"!".repeat(10_000)}head > 1`), /nested too deep/)
  })
})
