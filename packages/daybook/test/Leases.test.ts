/**
 * How long a call counts as a use of its credential, so that others go to another one meanwhile.
 */
import { assert, describe, it } from "@effect/vitest"
import { credentialOf, type PoolOptions } from "daybook"
import { inStage, twoAtOpenAi } from "./support/inStage.ts"
import type { Stage } from "./support/Stage.ts"
import { patient } from "./support/World.ts"

const provider = "openai-codex"

const onStage = (test: (stage: Stage) => Promise<void>) =>
  inStage(twoAtOpenAi, test, { policy: { ...patient, leaseMost: 1 } } satisfies PoolOptions)

const call = (stage: Stage) =>
  stage.pool.fetch(provider)(`${stage.sandbox.origin}/v1/responses`, {
    method: "POST",
    body: JSON.stringify({ model: "m", input: "hello" })
  })

const used = (response: Response) => credentialOf(response)?.credential

/** Whom the next call would get. */
const next = async ({ pool }: Stage) => (await pool.getToken(provider)).credential

describe("a call of pool.fetch", () => {
  it.live("counts until its answer was read", () =>
    onStage(async (stage) => {
      const first = await call(stage)
      const second = await call(stage)
      assert.deepStrictEqual([used(first), used(second)], ["one", "two"])
      await first.text()
      assert.strictEqual(await next(stage), "one")
      await second.json()
      assert.strictEqual(await next(stage), "one")
    })
  )

  it.live("counts until the last piece of its stream", () =>
    onStage(async (stage) => {
      const response = await call(stage)
      const reader = response.body?.getReader() ?? assert.fail("no body")
      await reader.read()
      assert.strictEqual(await next(stage), "two")
      while (!(await reader.read()).done);
      assert.strictEqual(await next(stage), "one")
    })
  )

  it.live("counts until its stream is given up", () =>
    onStage(async (stage) => {
      const response = await call(stage)
      assert.strictEqual(await next(stage), "two")
      await response.body?.cancel()
      assert.strictEqual(await next(stage), "one")
    })
  )

  it.live("counts no more once it was refused", () =>
    onStage(async (stage) => {
      const response = await stage.pool.fetch(provider)(`${stage.sandbox.origin}/nowhere`)
      assert.strictEqual(response.status, 404)
      assert.strictEqual(await next(stage), "one")
    })
  )
})

describe("a function that was lent a credential", () => {
  it.live("counts as long as it runs, and the same pool gives others another one", () =>
    onStage(async (stage) => {
      const [outer, inner] = await stage.pool.withCredential(provider, async ({ id }) => [id, await next(stage)])
      assert.deepStrictEqual([outer, inner], ["one", "two"])
      assert.strictEqual(await next(stage), "one")
    })
  )

  it.live("counts no more when it throws", () =>
    onStage(async (stage) => {
      const thrown = new Error("a mistake of the caller's")
      const failed = stage.pool.withCredential(provider, async () => Promise.reject(thrown))
      assert.strictEqual(await failed.catch((error: unknown) => error), thrown)
      assert.strictEqual(await next(stage), "one")
    })
  )
})
