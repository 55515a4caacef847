/**
 * A policy as a person names it: by the name of a preset, or as a JSON file with the fields that are to be otherwise.
 * `preset` in it says what the others are; without it, the defaults.
 */
import { checkedPolicy, InvalidPolicy } from "@daybook/pool/CheckedPolicy"
import { hermes, olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, type Policy } from "@daybook/pool/Policy"
import { Effect, Predicate, Result, type Stdio } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { nameOf, readText } from "./ReadText.ts"
import { Stop } from "./Stop.ts"

const presets: Readonly<Record<string, Policy>> = { default: defaults, hermes, olderHermes }

export const read = Effect.fnUntraced(function* (named: string): Effect.fn.Return<Policy, Stop, Stdio.Stdio> {
  const preset = presetOf(named)
  if (preset !== undefined) return preset
  const text = yield* Effect.mapError(readText(named), ({ path, why }) =>
    wrong(`There is no policy to read at ${path} (${why}). Name a JSON file, or a preset: ${presetNames}.`)
  )
  return yield* Effect.fromResult(policyIn(text, nameOf(named)))
})

const policyIn = (text: string, path: string): Result.Result<Policy, Stop> => {
  const json = Result.try(() => JSON.parse(text) as unknown)
  // What the parser complains of may be a secret out of a wrong file.
  if (Result.isFailure(json)) return Result.fail(wrong(`${path} is not JSON. ${example}`))
  if (!Predicate.isObject(json.success) || Array.isArray(json.success)) {
    return Result.fail(wrong(`${path} is JSON, but no object of a policy's fields. ${example}`))
  }
  const { preset = "default", ...given } = json.success as Readonly<Record<string, unknown>>
  const base = typeof preset === "string" ? presetOf(preset) : undefined
  if (base === undefined) {
    return Result.fail(wrong(`${path}: preset is ${JSON.stringify(preset)}. The presets are ${presetNames}.`))
  }
  return Result.try({
    try: () => checkedPolicy({ ...base, ...given }),
    catch: (cause) =>
      wrong(
        cause instanceof InvalidPolicy
          ? `${path}: ${cause.field} ${cause.problem.replace(/\.$/, "")}. docs/policy.md has every field and what it takes.`
          : `${path} cannot be read as a policy. ${example}`
      )
  })
}

const presetOf = (name: string): Policy | undefined => (Object.hasOwn(presets, name) ? presets[name] : undefined)

const presetNames = Object.keys(presets).join(", ")

const example = `Write the fields that are to be otherwise, such as {"preset": "hermes", "strikes": 5}.`

const wrong = (message: string): Stop => new Stop({ exitCode: exitCodes.usage, message })
