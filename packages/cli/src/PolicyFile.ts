/** A policy as a person names it: by the name of a preset, or as a JSON file with the fields that are to be otherwise. */
import type { Policy } from "@daybook/pool/Policy"
import { policyIn, presetNames, presetOf } from "@daybook/words/PolicyText"
import { Effect, Result, type Stdio } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { nameOf, readText } from "./ReadText.ts"
import { Stop } from "./Stop.ts"

export const read = Effect.fnUntraced(function* (named: string): Effect.fn.Return<Policy, Stop, Stdio.Stdio> {
  const preset = presetOf(named)
  if (preset !== undefined) return preset
  const text = yield* Effect.mapError(readText(named), ({ path, why }) =>
    wrong(`There is no policy to read at ${path} (${why}). Name a JSON file, or a preset: ${presetNames}.`)
  )
  return yield* Effect.fromResult(Result.mapError(policyIn(text, nameOf(named)), wrong))
})

const wrong = (message: string): Stop => new Stop({ exitCode: exitCodes.usage, message })
