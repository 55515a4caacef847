/**
 * A policy as a person writes it: JSON with the fields that are to be otherwise. `preset` in it says what the others are;
 * without it, the defaults. What is wrong with a text is said in a sentence that names the field.
 */
import { checkedPolicy, InvalidPolicy } from "@daybook/pool/CheckedPolicy"
import { hermes, olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, type Policy } from "@daybook/pool/Policy"
import { Predicate, Result } from "effect"

const presets: Readonly<Record<string, Policy>> = { default: defaults, hermes, olderHermes }

export const presetOf = (name: string): Policy | undefined => (Object.hasOwn(presets, name) ? presets[name] : undefined)

export const presetNames = Object.keys(presets).join(", ")

/** `name` is what the text is called where it is refused. */
export const policyIn = (text: string, name: string): Result.Result<Policy, string> => {
  const json = Result.try(() => JSON.parse(text) as unknown)
  // What the parser complains of may be a secret out of a wrong file.
  if (Result.isFailure(json)) return Result.fail(`${name} is not JSON. ${example}`)
  if (!Predicate.isObject(json.success) || Array.isArray(json.success)) {
    return Result.fail(`${name} is JSON, but no object of a policy's fields. ${example}`)
  }
  const { preset = "default", ...given } = json.success as Readonly<Record<string, unknown>>
  const base = typeof preset === "string" ? presetOf(preset) : undefined
  if (base === undefined) {
    return Result.fail(`${name}: preset is ${JSON.stringify(preset)}. The presets are ${presetNames}.`)
  }
  return Result.try({
    try: () => checkedPolicy({ ...base, ...given }),
    catch: (cause) =>
      cause instanceof InvalidPolicy
        ? `${name}: ${cause.field} ${cause.problem.replace(/\.$/, "")}. docs/policy.md has every field and what it takes.`
        : `${name} cannot be read as a policy. ${example}`
  })
}

const example = `Write the fields that are to be otherwise, such as {"preset": "hermes", "strikes": 5}.`
