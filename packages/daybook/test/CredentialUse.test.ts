/**
 * The loop of a call as Effect users have it: whatever they try, with typed errors of their own.
 */
import type { ApiVerdict } from "@daybook/pool/Verdict"
import { assert, describe, it } from "@effect/vitest"
import { Data, Effect, Result } from "effect"
import { join } from "node:path"
import { CredentialUse, layer, NoneAvailable, type UseOptions } from "daybook"
import { inStage, twoAtOpenAi } from "./support/inStage.ts"
import type * as Stage from "./support/Stage.ts"

const provider = "openai-codex"

class Broken extends Data.TaggedError("Broken") {}

const refused = { status: 429, headers: {}, body: "" }
const accepted = { status: 200, headers: {}, body: "" }

/** In a pool of its own, with the logins of the stage. */
const inPool = <A, E>({ folder, options }: Stage.Stage, program: Effect.Effect<A, E, CredentialUse>) =>
  Effect.runPromise(program.pipe(Effect.provide(layer({ ...options, home: join(folder, "effect") })), Effect.result))

/** Tries with whoever comes; those that are named here are refused. */
const trying = (who: ReadonlyArray<string>, options: UseOptions = {}) =>
  Effect.gen(function* () {
    const uses = yield* CredentialUse
    const tried: Array<string> = []
    const last = yield* uses.use(provider, options, (token) =>
      Effect.gen(function* () {
        tried.push(token.credential)
        const verdict: ApiVerdict | undefined = yield* uses.report(
          token,
          who.includes(token.credential) ? refused : accepted
        )
        return { value: token.credential, verdict }
      })
    )
    return { last: String(last), tried }
  })

const bothTried = { last: "two", tried: ["one", "two"] }

describe("CredentialUse", () => {
  it.live("tries the next credential after a refusal", () =>
    inStage(twoAtOpenAi, async (stage) => {
      assert.deepStrictEqual(await inPool(stage, trying(["one"])), Result.succeed(bothTried))
    })
  )

  it.live("answers what the last attempt brought, if all are refused", () =>
    inStage(twoAtOpenAi, async (stage) => {
      assert.deepStrictEqual(await inPool(stage, trying(["one", "two"])), Result.succeed(bothTried))
    })
  )

  it.live("goes on though the function that is told of steps throws", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const onStep = () => {
        throw new Error("a mistake")
      }
      assert.deepStrictEqual(await inPool(stage, trying(["one"], { onStep })), Result.succeed(bothTried))
    })
  )

  it.live("fails as an attempt fails", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const program = CredentialUse.use((uses) => uses.use(provider, {}, () => Effect.fail(new Broken())))
      const result = await inPool(stage, program)
      assert.isTrue(Result.isFailure(result) && result.failure instanceof Broken)
    })
  )

  it.live("fails with the pool's own error if there is nobody to begin with", () =>
    inStage(
      (origin) => twoAtOpenAi(origin).map((part) => ({ ...part, labels: [] })),
      async (stage) => {
        const result = await inPool(stage, trying([]))
        assert.isTrue(Result.isFailure(result) && result.failure instanceof NoneAvailable)
      }
    )
  )
})
