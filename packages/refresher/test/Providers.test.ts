/**
 * Every provider that comes with Daybook, from a login in Daybook's own store to its end, against a server that speaks
 * its dialect; and what single providers have of their own.
 */
import { loginMethods } from "@daybook/oauth/LoginMethods"
import { assert, describe, it } from "@effect/vitest"
import { defineProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { copilot } from "@daybook/oauth/providers/Copilot"
import { googleGemini } from "@daybook/oauth/providers/GoogleGemini"
import { kimi } from "@daybook/oauth/providers/Kimi"
import { minimaxOAuth } from "@daybook/oauth/providers/MinimaxOAuth"
import { nous } from "@daybook/oauth/providers/Nous"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { qwenOAuth } from "@daybook/oauth/providers/QwenOAuth"
import { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
import type { Transient } from "@daybook/pool/RefreshError"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import type { StoreSource } from "@daybook/vault/Vault"
import { Clock, Effect, Option, Redacted, type Scope } from "effect"
import { failing, reasonOf } from "./support/Failures.ts"
import { crash } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { call } from "./support/ModelApi.ts"
import { inOwnStore, type OwnLogin } from "./support/OwnLogins.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const day = 86_400_000

interface Spoken {
  readonly provider: Provider
  readonly dialect: NonNullable<GrantOptions["dialect"]>
  readonly clientSecret?: string
}

const spoken: ReadonlyArray<Spoken> = [
  { provider: openAiCodex, dialect: "codex" },
  { provider: xaiOAuth, dialect: "xai" },
  { provider: nous, dialect: "nous" },
  { provider: anthropic, dialect: "anthropic" },
  { provider: qwenOAuth, dialect: "qwen" },
  { provider: minimaxOAuth, dialect: "minimax" },
  { provider: kimi, dialect: "kimi" },
  { provider: googleGemini, dialect: "google", clientSecret: "made-up-client-secret" },
  { provider: copilot, dialect: "copilot" }
]

const speakerOf = (provider: Provider): Spoken => spoken.find((one) => one.provider === provider)!

interface Stage {
  readonly scene: Scene
  readonly own: OwnLogin
  /** Opens another pool, as the next process does. */
  readonly open: Effect.Effect<Instance, never, Scope.Scope>
  readonly token: (instance: Instance, forced?: "forced") => ReturnType<Instance["token"]>
}

/** A login of this provider in Daybook's own store, and what else its file says. */
const onStage = <A, E>(
  { clientSecret, dialect, provider }: Spoken,
  test: (stage: Stage) => Effect.Effect<A, E, Scope.Scope>,
  { options = {}, tokens = () => ({}) }: { options?: GrantOptions; tokens?: (now: number) => TokenSet } = {}
) =>
  inScene(
    Effect.fnUntraced(function* (scene) {
      const here = defineProvider({
        ...providerAt(provider, scene.sandbox.origin),
        ...(clientSecret === undefined ? {} : { clientSecret: Redacted.make(clientSecret) })
      })
      const own = yield* inOwnStore(scene, provider.id, scene.login, tokens(yield* Clock.currentTimeMillis))
      return yield* test({
        scene,
        own,
        open: scene.open({ ...patient, stores: [{ kind: "own" }], providers: [here] }),
        token: ({ token }, forced) => token({ provider: provider.id, forceRefresh: forced === "forced" })
      })
    }),
    {
      dialect,
      ...(provider.grantType === "exchange" ? {} : { clientId: provider.clientId ?? "" }),
      ...(clientSecret === undefined ? {} : { clientSecret }),
      ...options
    }
  )

const presentedIn = (scene: Scene) => Effect.map(scene.posts, (posts) => posts.map(({ presented }) => presented))

const statusIn = ({ pool }: Instance) => Effect.orDie(Effect.map(pool.status, ({ credentials }) => credentials[0]))

/** The intents and the requests of a pool, in the order in which they came. */
const sendings = ({ edges }: Instance) =>
  edges.trace.filter((step) => step === "post" || step === "append RefreshStarted")

const intentThenPost = ["append RefreshStarted", "post"]

it("every provider that comes with Daybook has its turn here", () => {
  assert.deepStrictEqual(
    spoken.map(({ provider }) => provider.id),
    defaultProviders.map(({ id }) => id)
  )
})

describe.each(spoken.map((one) => [one.provider.id, one] as const))("a login of %s", (_id, one) => {
  const { provider } = one
  const rotates = provider.rotation !== "never"

  it.live(
    "is served as it came, refreshed when a new token is wanted and when it is over, and goes on in the next process",
    () =>
      onStage(one, ({ open, own, scene, token }) =>
        Effect.gen(function* () {
          const first = yield* open
          const served = [yield* token(first)]
          assert.deepStrictEqual(served, [scene.login.access_token])
          assert.deepStrictEqual(yield* scene.posts, [])
          served.push(yield* token(first, "forced"))
          yield* scene.advance("61 minutes")
          served.push(yield* token(first))
          assert.strictEqual(new Set(served).size, 3)
          assert.deepStrictEqual(sendings(first), [...intentThenPost, ...intentThenPost])
          yield* first.close

          const second = yield* open
          assert.strictEqual(yield* token(second), served[2])
          assert.isUndefined(yield* call(scene, second, served[2]!, provider.id))
          const posts = yield* scene.posts
          assert.deepStrictEqual(
            posts.map(({ status }) => status),
            [200, 200]
          )
          assert.strictEqual(own.read().tokens.access_token, served[2])
          assert.strictEqual(
            own.read().tokens.refresh_token,
            rotates ? (posts[1]?.successor ?? undefined) : scene.login.refresh_token
          )
          assert.deepStrictEqual(
            only(yield* scene.events, "RefreshSucceeded").map(({ data }) => data.rotated),
            [rotates, rotates]
          )
        })
      ),
    slow
  )

  it.live(
    rotates
      ? "sends each refresh token once, under an intent that was written before"
      : "sends one refresh token each time, under an intent that was written before",
    () =>
      onStage(one, ({ open, scene, token }) =>
        Effect.gen(function* () {
          const instance = yield* open
          for (let time = 0; time < 4; time++) yield* token(instance, "forced")
          const posts = yield* scene.posts
          assert.strictEqual(posts.length, 4)
          assert.strictEqual(new Set(yield* presentedIn(scene)).size, rotates ? 4 : 1)
          const intents = only(yield* scene.events, "RefreshStarted")
          assert.deepStrictEqual(
            posts.map(({ presented }) => instance.fingerprints.of(Redacted.make(presented ?? ""))),
            intents.map(({ data }) => data.generation.refresh)
          )
          assert.deepStrictEqual(
            intents.map(({ at }, index) => at <= (posts[index]?.receivedAt ?? 0)),
            [true, true, true, true]
          )
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is refreshed once for all who want a new token at the same time, in two processes",
    () =>
      onStage(one, ({ open, scene }) =>
        Effect.gen(function* () {
          const instances = [yield* open, yield* open]
          const failedToken = scene.login.access_token
          const callers = [...instances, ...instances].map(({ token }) => token({ provider: provider.id, failedToken }))
          const served = yield* Effect.all(callers, { concurrency: "unbounded" })
          assert.strictEqual(new Set(served).size, 1)
          assert.notStrictEqual(served[0], failedToken)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "dies with its grant: it is quarantined once, and nothing is sent afterwards",
    () =>
      onStage(one, ({ open, own, scene, token }) =>
        Effect.gen(function* () {
          const first = yield* open
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          assert.deepInclude(yield* reasonOf(token(first, "forced")), { _tag: "Terminal", reason: "Revoked" })
          yield* Effect.exit(token(first, "forced"))
          yield* first.close
          const second = yield* open
          yield* scene.advance("2 hours")
          yield* Effect.exit(token(second))
          const [{ id, word } = { id: "", word: "none" }] = (yield* second.pool.status).credentials
          assert.strictEqual(word, "dead")
          const named = second.token({ provider: provider.id, credential: id })
          const command = `\`daybook login ${provider.id} --credential ${id}\``
          const remedy =
            loginMethods(provider).length === 0 ? provider.relogin : `Log in to ${provider.name} again: ${command}.`
          assert.deepInclude(yield* reasonOf(named), { _tag: "Terminal", remedy })
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.strictEqual(only(yield* scene.events, "CredentialQuarantined").length, 1)
          assert.isUndefined(own.read().tokens.refresh_token)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe.each([copilot, googleGemini].map((provider) => [provider.id, speakerOf(provider)] as const))(
  "the parent token of %s",
  (_id, one) => {
    it.live(
      "is sent each time, and is never in doubt",
      () =>
        onStage(one, ({ open, own, scene, token }) =>
          Effect.gen(function* () {
            const instance = yield* open
            const served = new Set<string>()
            for (let time = 0; time < 12; time++) {
              served.add(yield* token(instance, "forced"))
              assert.strictEqual((yield* instance.grant).health._tag, "Live")
            }
            assert.strictEqual(served.size, 12)
            assert.deepStrictEqual(
              yield* presentedIn(scene),
              Array.from({ length: 12 }, () => scene.login.refresh_token)
            )
            assert.strictEqual(own.read().tokens.refresh_token, scene.login.refresh_token)
            assert.notIncludeMembers([...(yield* scene.story)], ["OutcomeLost", "CredentialQuarantined"])
            assert.deepStrictEqual(yield* breaches(scene), [])
          })
        ),
      slow
    )

    it.live(
      "is not in doubt after the process that sent it died with the answer, and is sent again by the next one",
      () =>
        onStage(one, ({ open, scene, token }) =>
          Effect.gen(function* () {
            const first = yield* open
            first.edges.network.after("post", crash)
            yield* Effect.exit(token(first, "forced"))
            yield* first.close
            const second = yield* open
            assert.notStrictEqual(yield* token(second, "forced"), scene.login.access_token)
            assert.deepStrictEqual(
              only(yield* scene.events, "OutcomeLost").map(({ data }) => data.suspect),
              [false]
            )
            assert.strictEqual((yield* statusIn(second))?.word, "ok")
            assert.strictEqual(new Set(yield* presentedIn(scene)).size, 1)
            assert.strictEqual((yield* scene.posts).length, 2)
            assert.deepStrictEqual(yield* breaches(scene), [])
          })
        ),
      slow
    )

    for (const [name, fault] of [
      ["a 500", { _tag: "Status", status: 500 }],
      ["a cut answer", { _tag: "CutBody" }],
      ["a reset", { _tag: "Reset", commit: true }]
    ] as const) {
      it.live(
        `is not in doubt after ${name}, and is sent again`,
        () =>
          onStage(one, ({ open, scene, token }) =>
            Effect.gen(function* () {
              const instance = yield* open
              yield* scene.sandbox.fault({ fault })
              assert.include(["ServerError", "OutcomeUnknown"], yield* failing(token(instance, "forced")))
              assert.strictEqual((yield* instance.grant).health._tag, "Live")
              assert.strictEqual((yield* statusIn(instance))?.word, "ok")
              yield* scene.advance("1 minute")
              assert.notStrictEqual(yield* token(instance, "forced"), scene.login.access_token)
              assert.strictEqual(new Set(yield* presentedIn(scene)).size, 1)
              assert.strictEqual((yield* scene.posts).length, 2)
              assert.deepStrictEqual(yield* breaches(scene), [])
            })
          ),
        slow
      )
    }
  }
)

describe("a Google login without its client's secret", () => {
  it.live(
    "is misconfigured: the variable that is missing is named, nothing is sent, and no login is to blame",
    () =>
      onStage({ provider: googleGemini, dialect: "google" }, ({ open, scene, token }) =>
        Effect.gen(function* () {
          const instance = yield* open
          const reason = yield* reasonOf(token(instance, "forced"))
          assert.deepInclude(reason, { _tag: "Transient", reason: "Misconfigured" })
          assert.include((reason as Transient).detail, "DAYBOOK_CLIENT_SECRET_GOOGLE_GEMINI")
          assert.strictEqual(yield* token(instance), scene.login.access_token)
          assert.deepStrictEqual(yield* scene.posts, [])
          assert.strictEqual((yield* instance.grant).health._tag, "Live")
          assert.deepStrictEqual((yield* instance.grant).strikes, [])
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("the scope that makes a Nous token an agent key", () => {
  /** With these claims and an hour to live. */
  const unsigned = (claims: object, now: number) =>
    [{ alg: "none" }, { exp: Math.floor(now / 1000) + 3600, ...claims }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .concat("unsigned")
      .join(".")

  const inMemory = (access: string, slot = "nous", priority = 0): StoreSource => ({
    kind: "memory",
    logins: [
      {
        store: { kind: "memory", slot },
        provider: nous.id,
        kind: "oauth",
        ownership: "owned",
        source: "test",
        priority,
        tokens: { access: Redacted.make(access), refresh: Redacted.make(`refresh-${slot}`) }
      }
    ]
  })

  const openWith = (scene: Scene, ...stores: ReadonlyArray<StoreSource>) =>
    scene.open({ stores, providers: [providerAt(nous, scene.sandbox.origin)] })

  for (const claims of [{}, { scope: "openid profile" }, { scope: ["inference:invokes"] }]) {
    it.live(
      `is missed in ${JSON.stringify(claims)}: the token is not served, and a sentence names the scope`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const { token } = yield* openWith(scene, inMemory(unsigned(claims, yield* Clock.currentTimeMillis)))
            const reason = yield* reasonOf(token({ provider: nous.id }))
            assert.deepInclude(reason, { _tag: "Transient", reason: "Denied" })
            const { detail } = reason as Transient
            assert.include(detail, "inference:invoke")
            assert.include(detail, nous.relogin)
            assert.deepStrictEqual(yield* scene.posts, [])
          })
        ),
      slow
    )
  }

  for (const scope of ["inference:invoke", "openid inference:invoke profile", ["openid", "inference:invoke"]]) {
    it.live(
      `is found in ${JSON.stringify(scope)}: the token is served`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const access = unsigned({ scope }, yield* Clock.currentTimeMillis)
            const { token } = yield* openWith(scene, inMemory(access))
            assert.strictEqual(yield* token({ provider: nous.id }), access)
          })
        ),
      slow
    )
  }

  it.live(
    "is looked for in the next login, if the first one lacks it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const useful = unsigned({ scope: "inference:invoke" }, now)
          const stores = [inMemory(unsigned({}, now), "first", 0), inMemory(useful, "second", 1)]
          const { token } = yield* openWith(scene, ...stores)
          assert.strictEqual(yield* token({ provider: nous.id }), useful)
        })
      ),
    slow
  )

  it.live(
    "is wanted of a token that an operator's refresh brings, too",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            yield* inOwnStore(scene, nous.id, scene.login)
            const { pool } = yield* openWith(scene, { kind: "own" })
            const body = { access_token: unsigned({ scope: "profile" }, now), refresh_token: "next", expires_in: 3600 }
            yield* scene.sandbox.fault({ fault: { _tag: "Status", status: 200, body: JSON.stringify(body) } })
            const { id = "" } = (yield* pool.status).credentials[0] ?? {}
            assert.deepInclude(yield* reasonOf(pool.refresh(id) as ReturnType<typeof pool.getToken>), {
              _tag: "Transient",
              reason: "Denied"
            })
          }),
        { dialect: "nous" }
      ),
    slow
  )
})

describe("the end of a grant", () => {
  it.live(
    "of Nous is 30 days after the login, whatever is refreshed, and every process is told",
    () => {
      let loggedInAt = 0
      return onStage(
        speakerOf(nous),
        ({ open, scene, token }) =>
          Effect.gen(function* () {
            const deadline = loggedInAt + 30 * day
            const first = yield* open
            assert.strictEqual((yield* statusIn(first))?.deadline, deadline)
            for (let time = 0; time < 3; time++) yield* token(first, "forced")
            yield* first.close
            const events = yield* scene.events
            const observed = only(events, "GenerationObserved").map(({ data }) => data.generation.deadline)
            const refreshed = only(events, "RefreshSucceeded").map(({ data }) => data.next.deadline)
            assert.deepStrictEqual(observed.concat(refreshed), [deadline, deadline, deadline, deadline])
            const second = yield* open
            yield* token(second, "forced")
            assert.strictEqual((yield* statusIn(second))?.deadline, deadline)
          }),
        { tokens: (now) => ({ loggedInAt: (loggedInAt = now - 10 * day) }) }
      )
    },
    slow
  )

  it.live(
    "of Anthropic is what an answer announces, until another answer announces another",
    () =>
      onStage(
        speakerOf(anthropic),
        ({ open, own, scene, token }) =>
          Effect.gen(function* () {
            const first = yield* open
            assert.isUndefined((yield* statusIn(first))?.deadline)
            const end = (yield* Clock.currentTimeMillis) + 20 * day
            yield* token(first, "forced")
            const deadline = (yield* statusIn(first))?.deadline ?? 0
            assert.isAtMost(Math.abs(deadline - end), 5_000)

            const silent = { access_token: "made-up-access", expires_in: 3600, refresh_token: "made-up-refresh" }
            yield* scene.sandbox.fault({ fault: { _tag: "Status", status: 200, body: JSON.stringify(silent) } })
            assert.strictEqual(yield* token(first, "forced"), "made-up-access")
            assert.strictEqual((yield* statusIn(first))?.deadline, deadline)
            assert.deepStrictEqual(
              only(yield* scene.events, "RefreshSucceeded").map(({ data }) => data.next.deadline),
              [deadline, deadline]
            )
            yield* first.close
            assert.strictEqual(own.read().tokens.deadline, new Date(deadline).toISOString())

            const second = yield* open
            const earlier = { ...silent, access_token: "another", refresh_token_expires_in: 3600 }
            yield* scene.sandbox.fault({ fault: { _tag: "Status", status: 200, body: JSON.stringify(earlier) } })
            const now = yield* Clock.currentTimeMillis
            assert.strictEqual(yield* token(second, "forced"), "another")
            assert.isAtMost(Math.abs(((yield* statusIn(second))?.deadline ?? 0) - now - 3_600_000), 5_000)
          }),
        { options: { grantLifetime: 20 * 86_400 } }
      ),
    slow
  )
})

describe("the API that Qwen's tokens are for", () => {
  it.live(
    "outlives refreshes that do not repeat it, and the process, and gives way to what a later answer says",
    () =>
      onStage(
        speakerOf(qwenOAuth),
        ({ open, own, scene, token }) =>
          Effect.gen(function* () {
            const silent = (access_token: string) => ({
              fault: { _tag: "Status", status: 200, body: JSON.stringify({ access_token, expires_in: 3600 }) } as const
            })
            const first = yield* open
            for (const access of ["made-up-1", "made-up-2"]) {
              yield* scene.sandbox.fault(silent(access))
              assert.strictEqual(yield* token(first, "forced"), access)
              assert.strictEqual(own.read().tokens.resource, "dashscope.aliyuncs.com")
            }
            yield* first.close

            const second = yield* open
            yield* scene.sandbox.fault(silent("made-up-3"))
            yield* token(second, "forced")
            const [login] = (yield* second.vault.logins).logins
            assert.strictEqual(login?.tokens.resource, "dashscope.aliyuncs.com")
            yield* token(second, "forced")
            assert.strictEqual(own.read().tokens.resource, "portal.qwen.ai")
          }),
        { tokens: () => ({ resource: "dashscope.aliyuncs.com" }) }
      ),
    slow
  )
})

describe("what belongs to a grant and is not said again by every answer", () => {
  it.live(
    "goes with the successor into the stash, so that it outlives a store that lost it",
    () => {
      const lasting = {
        account: "account-1",
        deadline: 2_000_000_000_000,
        loggedInAt: 1_700_000_000_000,
        resource: "r"
      }
      return onStage(
        speakerOf(kimi),
        ({ open, scene, token }) =>
          Effect.gen(function* () {
            const instance = yield* open
            yield* token(instance, "forced")
            const consumed = instance.fingerprints.of(Redacted.make(scene.login.refresh_token))
            const entry = Option.getOrThrow(yield* instance.stash.find(consumed))
            assert.deepInclude(entry.tokens, lasting)
          }),
        { tokens: () => lasting }
      )
    },
    slow
  )
})
