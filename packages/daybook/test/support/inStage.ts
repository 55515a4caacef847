/** Runs a test on a stage of its own, which is searched for tokens and taken away afterwards. */
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { type Provider, providerAt } from "@daybook/oauth/Provider"
import { Effect } from "effect"
import type { PoolOptions } from "daybook"
import * as Stage from "./Stage.ts"

export const inStage = (
  parts: (origin: string) => ReadonlyArray<Stage.Part>,
  test: (stage: Stage.Stage) => Promise<void>,
  options?: PoolOptions
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const stage = yield* Stage.make(parts, options)
      yield* Effect.promise(() => test(stage))
    })
  )

/** Two logins at OpenAI. */
export const twoAtOpenAi = (origin: string): ReadonlyArray<Stage.Part> => [
  part(providerAt(openAiCodex, origin), "codex", ["one", "two"])
]

/** Two logins at Anthropic. */
export const twoAtAnthropic = (origin: string): ReadonlyArray<Stage.Part> => [
  part(providerAt(anthropic, origin), "anthropic", ["one", "two"])
]

const part = (provider: Provider, dialect: "codex" | "anthropic", labels: ReadonlyArray<string>): Stage.Part => ({
  provider,
  kind: "oauth",
  labels,
  options: { dialect }
})

/** The error of a promise that fails, kept for the search for secrets; undefined if it does not. */
export const failure = (stage: Stage.Stage, promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      stage.errors.push(error)
      return error
    }
  )
