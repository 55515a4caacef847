import { isRefusal, wentOn } from "@daybook/pool/queries/WentOn"
import { fold } from "@daybook/pool/Evolve"
import { assert, it } from "@effect/vitest"
import {
  accepted,
  by,
  credentialId,
  enrolled,
  enrolledOther,
  generation,
  joined,
  observed,
  otherActor,
  otherCredentialId,
  provider,
  recorded,
  start,
  type Step
} from "./support.ts"

const first = generation(1)
const refused = { ...accepted(first), data: { generation: first, accepted: false, count: 1 } } as Step
const ofOther = (step: Step) => ({ ...step, credential: otherCredentialId }) as Step
const counted = { ...accepted(first), data: { generation: first, accepted: true, count: 9, last: start } } as Step
const exhausted = (of = provider): Step => ({
  type: "SelectionExhausted",
  v: 1,
  data: { provider: of, passed: [{ credential: credentialId, why: "dead" }] }
})

/** After the first refusal: where to, and which event tells. */
const after = (...steps: ReadonlyArray<Step>) => {
  const events = recorded([joined, enrolled(), observed(first), enrolledOther(), refused, ...steps])
  const refusal = events.find(isRefusal)
  if (refusal === undefined) throw new Error("nothing was refused")
  const found = wentOn(refusal, events, fold(events))
  return found && [found.credential, Number(found.event), found.accepted]
}

it("a process goes on where its next answer came from", () => {
  assert.deepStrictEqual(after(ofOther(accepted(first))), [otherCredentialId, 6, true])
  assert.deepStrictEqual(after(ofOther(refused)), [otherCredentialId, 6, false])
})

it("a process that found no other to go on with is told of", () =>
  assert.deepStrictEqual(after(exhausted()), [undefined, 6, false]))

it("nothing is told where it went on with the same one, or where the ledger does not tell", () => {
  assert.isUndefined(after(accepted(first), ofOther(accepted(first))))
  assert.isUndefined(after())
})

it("what other processes were answered, at other providers or some time before, tells nothing", () => {
  const others = [by(otherActor, ofOther(refused)), exhausted("xai-oauth"), ofOther(counted)]
  assert.isUndefined(after(...others))
  assert.deepStrictEqual(after(...others, ofOther(accepted(first))), [otherCredentialId, 9, true])
})
