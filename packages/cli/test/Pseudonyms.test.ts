/** What of an event others may see, for every type of event and every text in it. */
import { Pseudonyms } from "@daybook/cli/bundle/Pseudonyms"
import { withoutPrivateParts } from "@daybook/cli/bundle/PrivateText"
import { isKnown, treatmentOf } from "@daybook/cli/bundle/Treatment"
import type { Told } from "@daybook/ledger/Excerpt"
import * as LineFormat from "@daybook/ledger/LineFormat"
import { credentialOf, type EventOf, type EventType, PoolEvent } from "@daybook/pool/Event"
import { ActorId, CredentialId, EventId, GrantId, Seq } from "@daybook/pool/Ids"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, type SchemaAST } from "effect"
import { uuid } from "./support/Written.ts"

/** A machine, and a person on it. */
const here = { host: "Grace-Laptop.corp.example", user: "ghopper" }

const envelope = { seq: Seq.make(2), at: 0, id: EventId.make(uuid(2, 2)), actor: ActorId.make(uuid(1, 1)) }
const recorded = (event: PoolEvent): Told => ({ ...envelope, ...event })

interface Described {
  readonly ast: SchemaAST.AST
  readonly fields?: Readonly<Record<string, Described>>
  readonly value?: Described
  readonly schema?: Described
  readonly members?: ReadonlyArray<Described>
}

/** Fields that may hold a text. */
const textsIn = ({ ast, fields, members, schema, value }: Described, name = ""): ReadonlyArray<string> => {
  if (fields !== undefined) return Object.entries(fields).flatMap(([name, field]) => textsIn(field, name))
  if (value !== undefined) return textsIn(value, name)
  if (schema !== undefined) return textsIn(schema, name)
  if (members !== undefined) return members.flatMap((member) => textsIn(member, name))
  const isText = ast._tag === "String" || (ast._tag === "Literal" && typeof ast.literal === "string")
  return isText ? [name] : []
}

const texts = (type: EventType): ReadonlyArray<string> => textsIn(PoolEvent.cases[type].fields.data)

/** In an excerpt there is nothing of the ledger's own life but its first line. */
const types = (Object.keys(PoolEvent.cases) as ReadonlyArray<EventType>).filter(
  (type) => !["LedgerOpened", "SegmentOpened", "SegmentSealed", "TailSealed"].includes(type)
)

const secrets = [
  "grace-laptop",
  "corp.example",
  "ghopper",
  "g@x.org",
  "/srv/acme",
  "C:\\Work",
  "203.0.113.7",
  "fp_oooooooooooooooo"
]

/** The same event, with something private in every text that is anybody's. */
const planted = (event: PoolEvent): PoolEvent => {
  const plant = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return plantedText(value, key)
    if (Array.isArray(value)) return value.map((item) => plant(item, key))
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plant(part, name)]))
  }
  const about = "credential" in event ? { credential: "ghopper" } : {}
  return { ...event, ...about, data: plant(event.data, "data") } as PoolEvent
}

const plantedText = (text: string, key: string): string => {
  switch (treatmentOf(key)) {
    case "keep":
    case "leave out":
      return text
    case "fingerprint":
      return "fp_oooooooooooooooo"
    case "id":
      return "ghopper"
    default:
      return "g@x.org on GRACE-LAPTOP at /srv/acme/a.json, C:\\Work\\b and 203.0.113.7 ghopper"
        .padEnd(100, " x@y")
        .slice(0, 128)
  }
}

const grant = GrantId.make(uuid(9, 1))

const enrolled = (id: string, more: Partial<EventOf<"CredentialEnrolled">["data"]> = {}): PoolEvent => ({
  type: "CredentialEnrolled",
  v: 1,
  credential: CredentialId.make(id),
  data: {
    provider: "xai",
    kind: "oauth",
    grant,
    priority: 0,
    source: "manual",
    ownership: "owned",
    store: { kind: "memory", slot: "tokens" },
    ...more
  }
})

describe("an event in an excerpt", () => {
  it("has a rule for each of its texts", () => {
    assert.deepStrictEqual(
      types.flatMap((type) =>
        texts(type)
          .filter((name) => !isKnown(name))
          .map((name) => `${type}: ${name}`)
      ),
      []
    )
    assert.isAbove(new Set(types.flatMap(texts)).size, 40)
  })

  it.prop(
    "is an event still, whatever is in it, and tells nothing of machines, people, folders and addresses",
    { event: Arbitrary.schema(PoolEvent) },
    ({ event }) => {
      if (!types.includes(event.type)) return
      const excerptOf = (told: Told): Told => {
        const pseudonyms = new Pseudonyms(here)
        pseudonyms.learn(told)
        return pseudonyms.of(told)
      }
      assert.isAbove(LineFormat.prepare(excerptOf(recorded(event))).text.length, 0)
      const { text } = LineFormat.prepare(excerptOf(recorded(planted(event))))
      for (const secret of secrets) {
        assert.notInclude(text.toLowerCase(), JSON.stringify(secret).slice(1, -1).toLowerCase())
      }
    },
    { arbitrary: { runs: 300 } }
  )

  it("says the same where a machine or a person is called as something that events say", () => {
    const events: ReadonlyArray<PoolEvent> = [
      { type: "CredentialRemoved", v: 1, credential: CredentialId.make("codex-1"), data: { by: "operator" } },
      { type: "StoreCleared", v: 1, data: { grant, generation: {}, store: "own", cleared: true, removed: [] } },
      { type: "LogoutPerformed", v: 1, credential: CredentialId.make("0123abcd"), data: { grant, revoked: true } }
    ]
    for (const word of ["own", "a", "operator", "0000", "000000000001", "8000", "1"]) {
      const pseudonyms = new Pseudonyms({ host: word, user: word })
      for (const event of events) assert.deepStrictEqual(pseudonyms.of(recorded(event)).data, event.data, word)
    }
  })

  it("has no id of a credential that is its label, or names a machine or a person, and the same other one everywhere", () => {
    const pseudonyms = new Pseudonyms(here)
    pseudonyms.learn(recorded(enrolled("main", { label: "Main" })))
    const about = (id: string) => credentialOf(pseudonyms.of(recorded(enrolled(id))))
    assert.strictEqual(about("main-2"), "main-2")
    assert.strictEqual(about("main"), "credential-1")
    assert.strictEqual(about("main-2"), "main-2")
    assert.strictEqual(about("ghopper.work"), "credential-2")
    assert.strictEqual(about("work"), "work")
    assert.strictEqual(about("credential-1"), "credential-3")
    const { data } = pseudonyms.of(
      recorded({
        type: "SelectionExhausted",
        v: 1,
        data: { provider: "xai", passed: [{ credential: CredentialId.make("work"), why: "the same account as main" }] }
      })
    )
    assert.deepStrictEqual<unknown>(data, {
      provider: "xai",
      passed: [{ credential: "work", why: "the same account as credential-1" }]
    })
  })

  it("keeps which variable and which row of a store are the same, and not how they are called", () => {
    const pseudonyms = new Pseudonyms(here)
    const slots = [
      "env:ACME_KEY",
      "env:OTHER",
      "env:ACME_KEY",
      "credential_pool.xai.ghopper",
      "providers.xai",
      "a.acme"
    ]
    assert.deepStrictEqual(
      slots.map((slot) => {
        const { data } = pseudonyms.of(recorded(enrolled("one", { source: slot, store: { kind: "hermes", slot } })))
        return (data as EventOf<"CredentialEnrolled">["data"]).store.slot
      }),
      [
        "env:variable-1",
        "env:variable-2",
        "env:variable-1",
        "credential_pool.xai.credential-1",
        "providers.xai",
        "slot-1"
      ]
    )
  })
})

describe("a text in an excerpt", () => {
  it("tells no address, path or account, however it is spelled", () => {
    const cases: Readonly<Record<string, string>> = {
      "by ada@example.org, or <ada@example.org>": "by [address], or <[address]>",
      "ada%40example.org and ada＠example.org and ada [at] example.org": "[address] and [address] and [address]",
      '"ada lovelace"@example.org is not known': "[address] is not known",
      "user=ada@example.org": "user=[address]",
      "cannot write /srv/acme/auth.json (EACCES)": "cannot write [path] (EACCES)",
      "read file:///home/ada/x": "read [path]",
      "read C:\\Users\\ada\\auth.json": "read [path]",
      "read \\\\server\\share\\ada": "read [path]",
      "read ~ada/.codex/auth.json": "read [path]",
      "Rate limit reached for gpt-5 in organization org-a1b2c3d4e5":
        "Rate limit reached for gpt-5 in organization [id]",
      "account 0193a0b1-2233-7455-8677-8899aabbccdd": "account [id]",
      "blocked 203.0.113.7 and 2001:db8::1": "blocked [ip] and [ip]"
    }
    for (const [before, after] of Object.entries(cases)) assert.strictEqual(withoutPrivateParts(before), after)
  })

  it("keeps what is none of these", () => {
    for (const text of [
      "See https://platform.openai.com/account/rate-limits at 10:20:30",
      "POST /v1/responses with and/or without version 1.2.3 (EACCES)",
      "Your refresh token has already been used to generate a new access token.",
      "cooling (RateLimited) until 2026-11-22T10:00:00.000Z"
    ]) {
      assert.strictEqual(withoutPrivateParts(text), text)
    }
  })
})
