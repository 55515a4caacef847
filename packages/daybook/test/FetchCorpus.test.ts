/**
 * The recorded refusals of model APIs, sent by a server to real client libraries whose `fetch` is the pool's: what each
 * row's verdict demands is what happens. A provider of its own for each row keeps the rows apart in one pool.
 */
import { apiKeyProvider } from "@daybook/oauth/ApiKeyProvider"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { readRow, type Row } from "@daybook/oauth/Corpus"
import { defineProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import Anthropic from "@anthropic-ai/sdk"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Result } from "effect"
import { readFileSync } from "node:fs"
import OpenAI from "openai"
import type { Recorded, Step } from "daybook"
import { readLedger } from "./support/Audit.ts"
import * as Stage from "./support/Stage.ts"

const model = "model-1"

type Refused = Row & { readonly response: NonNullable<Row["response"]> }

const isRefused = (row: Row): row is Refused =>
  row.surface === "api" && row.response !== undefined && row.response.status >= 400

const rows: ReadonlyArray<Refused> = readFileSync(new URL("../../oauth/test/corpus.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => Result.getOrThrow(readRow(line)))
  .filter(isRefused)

const dialects: Readonly<Record<string, GrantOptions["dialect"]>> = {
  "openai-codex": "codex",
  "xai-oauth": "xai",
  nous: "nous",
  anthropic: "anthropic",
  "qwen-oauth": "qwen",
  "google-gemini": "google"
}

/** The row's provider at the sandbox, under a name of its own. */
const providerOf = ({ kind, provider: id }: Row, name: string, origin: string): Provider => {
  const known = defaultProviders.find((one) => one.id === id)
  if (known === undefined) {
    return kind === "apiKey"
      ? apiKeyProvider({ id: name, apiOrigins: [origin] })
      : oauth2({ id: name, tokenEndpoint: `${origin}/oauth/token`, clientId: "client", apiOrigins: [origin] })
  }
  const rules = known.rules.map((rule) => ({ ...rule, id: rule.id.replace(id, name) }))
  return defineProvider({ ...providerAt(known, origin), id: name, rules })
}

const first = ({ id }: Row) => `${id}.1`
const second = ({ id }: Row) => `${id}.2`
const alone = ({ id }: Row) => `${id}.alone`

const partsOf = (origin: string): ReadonlyArray<Stage.Part> =>
  rows.flatMap((row) => {
    const about = { kind: row.kind ?? "oauth", options: { dialect: dialects[row.provider] ?? "generic" } } as const
    return [
      { ...about, provider: providerOf(row, row.id, origin), labels: [first(row), second(row)] },
      { ...about, provider: providerOf(row, alone(row), origin), labels: [alone(row)] }
    ]
  })

class Theatre extends Context.Service<Theatre, Stage.Stage>()("Theatre") {
  static readonly layer = Layer.effect(Theatre, Stage.make(partsOf))
}

interface Played {
  readonly outcome: "answered" | { readonly name: string; readonly status: number | undefined }
  readonly steps: ReadonlyArray<Step["next"]>
  /** Who was asked, in order. */
  readonly asked: ReadonlyArray<string>
  readonly refreshes: number
  /** What the ledger says of the one that was refused first. */
  readonly events: ReadonlyArray<Recorded>
}

/** One call of a client library; the API answers as recorded, `times` times, to the first credential or to all. */
const play = Effect.fnUntraced(function* (
  row: Refused,
  provider: string,
  labels: ReadonlyArray<string>,
  times: number
) {
  const stage = yield* Theatre
  const { headers, status, body } = row.response
  const grants = labels.map((label) => stage.logins.get(label)?.grant ?? assert.fail(label))
  const grant = grants[0] ?? assert.fail()
  yield* Effect.orDie(stage.sandbox.apiFault({ fault: { _tag: "Status", status, headers, body }, grant, times }))
  const steps: Array<Step["next"]> = []
  const fetch = stage.pool.fetch(provider, { onStep: ({ next }) => steps.push(next) })
  const outcome = yield* Effect.promise(() => ask(row, stage, fetch))
  const calls = (yield* Effect.orDie(stage.sandbox.apiCalls)).filter(
    ({ grant, path }) => path.startsWith("/v1/") && grants.includes(grant ?? "")
  )
  const posts = (yield* Effect.orDie(stage.sandbox.journal)).filter((post) => grants.includes(post.grant ?? ""))
  const events = (yield* Effect.promise(() => readLedger(stage))).filter(
    (event) => "credential" in event && event.credential === labels[0]
  )
  const asked = calls.map((call) => labels[grants.indexOf(call.grant ?? "")] ?? "")
  return { outcome, steps, asked, refreshes: posts.length, events } satisfies Played
})

/** By the library whose API the row is of. */
const ask = async (row: Row, stage: Stage.Stage, fetch: typeof globalThis.fetch): Promise<Played["outcome"]> => {
  const common = { apiKey: "placeholder", maxRetries: 0, fetch }
  try {
    if (row.provider === "anthropic") {
      const client = new Anthropic({ ...common, baseURL: stage.sandbox.origin })
      await client.messages.create({ model, max_tokens: 10, messages: [{ role: "user", content: "hello" }] })
    } else {
      const client = new OpenAI({ ...common, baseURL: `${stage.sandbox.origin}/v1` })
      await client.chat.completions.create({ model, messages: [{ role: "user", content: "hello" }] })
    }
    return "answered"
  } catch (error) {
    stage.errors.push(error)
    if (!(error instanceof OpenAI.APIError) && !(error instanceof Anthropic.APIError)) throw error
    return { name: error.constructor.name, status: error.status }
  }
}

/** As both libraries name them. */
const classes: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  429: "RateLimitError",
  503: "ServiceUnavailableError",
  529: "OverloadedError"
}

const ownError = ({ response: { status } }: Refused) => ({
  name: classes[status] ?? (status >= 500 ? "InternalServerError" : "APIError"),
  status
})

const typesOf = ({ events }: Played) => events.map(({ type }) => type)

const benchOf = ({ events }: Played) =>
  events.flatMap((event) => (event.type === "CooldownStarted" ? [[event.data.reason, event.data.model]] : []))

const expectations: Readonly<Record<string, (row: Refused, played: Played) => void>> = {
  AccessExpired: (row, played) => {
    assert.strictEqual(played.outcome, "answered")
    assert.deepStrictEqual(played.steps, ["renew"])
    assert.deepStrictEqual(played.asked, [first(row), first(row)])
    assert.strictEqual(played.refreshes, 1)
    assert.deepStrictEqual(benchOf(played), [])
  },
  GrantRevoked: (row, played) => {
    wentOn(row, played)
    assert.include(typesOf(played), "CredentialQuarantined")
  },
  RequestFault: (row, played) => stood(row, played),
  UpstreamFault: (row, played) => stood(row, played)
}

/** Nothing is held against a credential for what no credential could mend. */
const stood = (row: Refused, played: Played) => {
  assert.deepStrictEqual(played.outcome, ownError(row))
  assert.deepStrictEqual(played.steps, ["give up"])
  assert.deepStrictEqual(played.asked, [first(row)])
  assert.strictEqual(played.refreshes, 0)
  assert.deepStrictEqual(benchOf(played), [])
  assert.notInclude(typesOf(played), "CredentialQuarantined")
}

const wentOn = (row: Refused, played: Played) => {
  assert.strictEqual(played.outcome, "answered")
  assert.deepStrictEqual(played.steps, ["next credential"])
  assert.deepStrictEqual(played.asked, [first(row), second(row)])
  assert.strictEqual(played.refreshes, 0)
}

/** For every other verdict. */
const benched = (row: Refused, played: Played) => {
  wentOn(row, played)
  const { scope, verdict } = row.expect
  assert.deepStrictEqual(benchOf(played), [[verdict, scope === "model" ? model : undefined]])
}

describe("the corpus, over HTTP", () => {
  it("has every verdict that there is, and three dozen rows of 401, 403 and 429", () => {
    assert.isAtLeast(rows.filter(({ response: { status } }) => [401, 403, 429].includes(status)).length, 36)
    assert.deepStrictEqual([...new Set(rows.map(({ expect }) => expect.verdict))].toSorted(), [
      "AccessExpired",
      "BillingRequired",
      "GrantRevoked",
      "ModelUnavailable",
      "NotEntitled",
      "QuotaExhausted",
      "RateLimited",
      "RequestFault",
      "UpstreamFault"
    ])
  })

  layer(Theatre.layer, { excludeTestServices: true })((it) => {
    for (const row of rows) {
      const { verdict } = row.expect
      it.effect(`${row.id}: a call goes on as ${verdict} demands`, () =>
        Effect.gen(function* () {
          const played = yield* play(row, row.id, [first(row), second(row)], 1)
          const expectation = expectations[verdict] ?? benched
          expectation(row, played)
          assert.include(typesOf(played), "ApiOutcomeObserved")
        })
      )

      it.effect(`${row.id}: with nobody else to ask, the client library gets the provider's own error`, () =>
        Effect.gen(function* () {
          const played = yield* play(row, alone(row), [alone(row)], 2)
          assert.deepStrictEqual(played.outcome, ownError(row))
          assert.strictEqual(played.steps.at(-1), "give up")
          assert.strictEqual(played.asked.length, verdict === "AccessExpired" ? 2 : 1)
        })
      )
    }
  })
})
