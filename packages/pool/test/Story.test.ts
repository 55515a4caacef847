import { fold } from "@daybook/pool/Evolve"
import type { CredentialId } from "@daybook/pool/Ids"
import { decode } from "@daybook/pool/Recorded"
import { story } from "@daybook/pool/queries/Story"
import { assert, it } from "@effect/vitest"
import { Result } from "effect"
import {
  accepted,
  actor,
  benched,
  credentialId,
  enrolled,
  enrolledOther,
  eventId,
  generation,
  grantId,
  joined,
  observed,
  opened,
  otherCredentialId,
  otherGrantId,
  quarantined,
  recorded,
  start,
  started,
  type Step
} from "./support.ts"

const first = generation(1)

const told = (steps: ReadonlyArray<Step>, id: CredentialId = credentialId) => {
  const events = recorded(steps)
  return story(events, fold(events), id).map(({ seq, type }) => `${seq} ${type}`)
}

it("a story holds the credential's events and its grant's, in order, and nothing else", () => {
  const others = { type: "SuccessorStored", v: 1, data: { grant: otherGrantId, next: first } } as const
  assert.deepStrictEqual(
    told([
      opened,
      enrolled(),
      joined,
      observed(first),
      enrolledOther(),
      others,
      started(first),
      accepted(first),
      quarantined(first)
    ]),
    [
      "2 CredentialEnrolled",
      "4 GenerationObserved",
      "7 RefreshStarted",
      "8 ApiOutcomeObserved",
      "9 CredentialQuarantined"
    ]
  )
})

it("a credential that was brought back has the removal of its former self in its story", () => {
  const removed = { type: "CredentialRemoved", v: 1, credential: otherCredentialId, data: { by: "operator" } } as const
  const steps = [enrolledOther({ grant: grantId }), removed, enrolled()]
  assert.deepStrictEqual(told(steps), ["1 CredentialEnrolled", "2 CredentialRemoved", "3 CredentialEnrolled"])
  const another = [enrolledOther(), removed, enrolled()]
  assert.deepStrictEqual(told(another), ["3 CredentialEnrolled"])
})

it("a grant's events count whoever wrote them: for nobody, or for a sister that shares it", () => {
  const stored = { type: "SuccessorStored", v: 1, data: { grant: grantId, next: first } } as const
  const steps = [
    enrolled(),
    enrolledOther({ grant: grantId }),
    stored,
    { ...stored, credential: otherCredentialId },
    benched(start)
  ]
  const shared = ["1 CredentialEnrolled", "2 CredentialEnrolled", "3 SuccessorStored", "4 SuccessorStored"]
  assert.deepStrictEqual(told(steps), [...shared, "5 CooldownStarted"])
  assert.deepStrictEqual(told(steps, otherCredentialId), shared)
})

it("events that this version does not know are part of the story that they name", () => {
  const known = recorded([enrolled()])
  const unknown = (seq: number, about: { readonly credential?: string; readonly data: object }) =>
    Result.getOrThrow(
      decode({ seq, at: "2026-11-22T10:00:05.000Z", id: eventId(seq), actor, type: "New", v: 1, ...about })
    )
  const events = [
    ...known,
    unknown(2, { credential: credentialId, data: {} }),
    unknown(3, { data: { grant: grantId } }),
    unknown(4, { data: { grant: otherGrantId } }),
    unknown(5, { data: {} })
  ]
  assert.deepStrictEqual(
    story(events, fold(events), credentialId).map(({ seq }) => Number(seq)),
    [1, 2, 3]
  )
})

it("a credential that was never enrolled has the events that name it", () => {
  assert.deepStrictEqual(told([joined, observed(first), benched(start)]), ["2 GenerationObserved", "3 CooldownStarted"])
})
