/**
 * What an operator does to a credential: given events, when it is wished, data these events, or none if it is so.
 */
import { assert, describe, it } from "@effect/vitest"
import { flawOfLabel, pause, prioritise, relabel, remove, resume } from "@daybook/pool/decisions/Membership"
import { HashMap } from "effect"
import type { Credential } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { members } from "@daybook/pool/PoolState"
import { credentialId, enrolled, given, paused, removed, resumed, type Step } from "./support.ts"

const after = (...steps: ReadonlyArray<Step>): Credential =>
  HashMap.getUnsafe(given(enrolled({ label: "work", priority: 3 }), ...steps).credentials, credentialId)

const about = { v: 1, credential: credentialId } as const
const keptAlive: Step = { ...about, type: "CredentialPaused", data: { keepalive: true } }
const named = (label?: string): Step => ({
  ...about,
  type: "CredentialRelabelled",
  data: label === undefined ? {} : { label }
})

interface Case {
  readonly when: string
  readonly wish: (credential: Credential) => ReadonlyArray<Draft>
  readonly changes: ReadonlyArray<{ readonly given: ReadonlyArray<Step>; readonly data: Draft["data"] }>
  readonly isSo: ReadonlyArray<ReadonlyArray<Step>>
  readonly type: Draft["type"]
}

const cases: ReadonlyArray<Case> = [
  {
    when: "pause",
    type: "CredentialPaused",
    wish: (credential) => pause(credential, false),
    changes: [
      { given: [], data: {} },
      { given: [paused, resumed], data: {} },
      { given: [keptAlive], data: {} }
    ],
    isSo: [[paused], [keptAlive, paused]]
  },
  {
    when: "pause and keep alive",
    type: "CredentialPaused",
    wish: (credential) => pause(credential, true),
    changes: [
      { given: [], data: { keepalive: true } },
      { given: [paused], data: { keepalive: true } }
    ],
    isSo: [[keptAlive]]
  },
  {
    when: "resume",
    type: "CredentialResumed",
    wish: resume,
    changes: [
      { given: [paused], data: {} },
      { given: [keptAlive], data: {} }
    ],
    isSo: [[], [paused, resumed]]
  },
  {
    when: "remove",
    type: "CredentialRemoved",
    wish: remove,
    changes: [
      { given: [], data: { by: "operator" } },
      { given: [paused], data: { by: "operator" } }
    ],
    isSo: [[removed]]
  },
  {
    when: "relabel",
    type: "CredentialRelabelled",
    wish: (credential) => relabel(credential, "work"),
    changes: [
      { given: [], data: { label: "work" } },
      { given: [named("home")], data: { label: "work" } },
      { given: [named()], data: { label: "work" } }
    ],
    isSo: [[named("work")]]
  },
  {
    when: "prioritise",
    type: "CredentialPrioritised",
    wish: (credential) => prioritise(credential, 1),
    changes: [{ given: [], data: { priority: 1 } }],
    isSo: [[{ ...about, type: "CredentialPrioritised", data: { priority: 1 } }]]
  }
]

describe.each(cases)("$when", ({ changes, isSo, type, wish }) => {
  it("is one event about the credential", () => {
    for (const { given, data } of changes) {
      assert.deepStrictEqual(wish(after(...given)), [{ ...about, type, data: data } as Draft])
    }
  })

  it("records nothing if it is so already", () => {
    for (const steps of isSo) assert.deepStrictEqual(wish(after(...steps)), [])
  })
})

describe("the fold", () => {
  it("keeps that an operator gave a credential its label, since its store may show another one", () => {
    assert.isFalse(after().relabelled)
    const { label, relabelled } = after(named("home"))
    assert.deepStrictEqual({ label, relabelled }, { label: "home", relabelled: true })
  })

  it("shows the store's label again after a label that is not recorded", () => {
    const { label, relabelled } = after(named("home"), named())
    assert.deepStrictEqual({ label, relabelled }, { label: undefined, relabelled: false })
  })

  it("forgets with the pause that it was to be kept alive", () => {
    assert.isTrue(after(keptAlive).keepalive)
    assert.isFalse(after(keptAlive, resumed).keepalive)
    assert.isFalse(after(keptAlive, paused).keepalive)
  })

  it("keeps a removed credential, which is no member", () => {
    assert.isTrue(after(removed).removed)
    assert.deepStrictEqual(members(given(enrolled(), removed)), [])
  })
})

describe("a label", () => {
  it.each(["work", "a b", "Büro 2", "x".repeat(128)])("may be %j", (label) => assert.isUndefined(flawOfLabel(label)))

  it.each(["", "  ", " work", "work ", "ada@example.com", "@", "two\nlines", "\u001b[31mred", "x".repeat(129)])(
    "may not be %j",
    (label) => assert.isString(flawOfLabel(label))
  )
})
