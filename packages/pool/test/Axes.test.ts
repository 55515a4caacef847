import { type Axes, axesOf } from "@daybook/pool/queries/Axes"
import { assert, describe, it } from "@effect/vitest"
import {
  accepted,
  actor,
  actorId,
  at,
  attemptId,
  benched,
  by,
  classified,
  credentialId,
  enrolled,
  failed,
  generation,
  given,
  hour,
  lost,
  minute,
  observed,
  paused,
  quarantined,
  removed,
  start,
  started,
  stashed,
  type Step,
  succeeded
} from "./support.ts"
import { HashMap, Option } from "effect"

const first = generation(1, { expiresAt: start + hour, deadline: start + 30 * hour })
const next = generation(2)
const live = [enrolled(), observed(first)]

const axesAfter = (steps: ReadonlyArray<Step>, now = start + minute): Axes => {
  const state = given(...steps)
  return axesOf(state, Option.getOrThrow(HashMap.get(state.credentials, credentialId)), now)
}

describe("the axes of a credential", () => {
  it("say who brought the tokens that count, with which event, and how many there were", () =>
    assert.deepStrictEqual(
      axesAfter([...live, started(first), by(actorId(2), at(start + 5000, succeeded(first, next)))]).generation,
      {
        access: next.access,
        refresh: next.refresh,
        expiresAt: undefined,
        deadline: first.deadline,
        count: 2,
        bringer: { actor: actorId(2), seq: 4, at: start + 5000 }
      } as Axes["generation"]
    ))

  it("have no tokens where none were ever seen", () => assert.isUndefined(axesAfter([enrolled()]).generation))

  it("keep health, availability and the operator's word apart", () => {
    const steps = [...live, benched(start + hour), quarantined(first), paused]
    const { cooldown, health, operator } = axesAfter(steps)
    assert.deepStrictEqual([cooldown?.until, health._tag, operator.state], [start + hour, "Dead", "paused"])
  })

  it("know a bench only until it ends, for the credential and for each model by name", () => {
    const models = ["o3", "gpt-5", "b", "a", "gpt-4.1", "codex"]
    const steps = [...live, benched(start + hour), ...models.map((model) => benched(start + 2 * hour, model))]
    const during = axesAfter(steps, start + hour - 1)
    assert.strictEqual(during.cooldown?.until, start + hour)
    assert.deepStrictEqual(
      during.modelCooldowns.map(({ model }) => model),
      models.toSorted()
    )
    const after = axesAfter(steps, start + hour)
    assert.isUndefined(after.cooldown)
    assert.lengthOf(after.modelCooldowns, models.length)
    assert.lengthOf(axesAfter(steps, start + 2 * hour).modelCooldowns, 0)
  })

  it("show a refresh that is under way, and whose it is", () => {
    const { attempt } = axesAfter([...live, started(first)])
    assert.deepStrictEqual([attempt?.attempt, attempt?.actor], [attemptId(1), actor])
    assert.isUndefined(axesAfter([...live, started(first), succeeded(first, next)]).attempt)
  })

  it("tell a backoff that binds from one whose time has come", () => {
    const waits = classified(first, { reason: "ServerError", retryAt: start + hour })
    const steps = [...live, started(first), failed(first), waits]
    assert.deepInclude(axesAfter(steps).backoff, { failures: 1, isBinding: true })
    assert.deepInclude(axesAfter(steps, start + hour).backoff, { failures: 1, isBinding: false })
  })

  it("name what is left to finish: a failure not judged, a verdict without its quarantine, tokens not stored", () => {
    const unjudged = [...live, started(first), failed(first)]
    assert.isDefined(axesAfter(unjudged).pending.unclassified)
    const condemned = axesAfter([...unjudged, classified(first, { verdict: "Terminal", reason: "Revoked" })]).pending
    assert.deepInclude(condemned, { unclassified: undefined, condemned: "Revoked" })
    assert.deepStrictEqual(axesAfter([...live, stashed(first, next)]).pending.stashed, next)
  })

  it("remember a doubt about the refresh token", () =>
    assert.deepInclude(axesAfter([...live, started(first), lost(first, start + hour)]).health, { _tag: "Suspect" }))

  it("say that it was removed, and by whom", () =>
    assert.deepInclude(axesAfter([...live, removed]).membership, { inPool: false, removedBy: "operator" }))

  it("count its calls", () =>
    assert.deepInclude(axesAfter([...live, accepted(first, 3), accepted(first)]).use, { accepted: 4, refused: 0 }))
})
