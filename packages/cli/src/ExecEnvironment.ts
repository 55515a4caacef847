/** The environment of a command that is run with tokens: the caller's own, and a few variables for each token. */
import { nameIn, otherVariableOf, variableOf } from "@daybook/oauth/Environment"
import { definitionOf } from "./Definition.ts"
import type { Served } from "./handover/Task.ts"
import { environmentOf } from "./TokenEnvironment.ts"

type Environment = Readonly<Record<string, string | undefined>>

export interface ExecEnvironment {
  readonly environment: Environment
  /** What a person should know of it; no secrets. */
  readonly warnings: ReadonlyArray<string>
}

/** `DAYBOOK_TOKEN` alone would be ambiguous for several, so there each has its provider's name in it. */
export const environmentFor = (tokens: ReadonlyArray<Served>, own: Environment): ExecEnvironment => {
  const [only, ...others] = tokens
  const shared =
    only !== undefined && others.length === 0 ? environmentOf(only, definitionOf(only.provider)) : ambiguous
  const taken = new Map<string, string>()
  const warnings = tokens.flatMap((token) => take(taken, token))
  const cleared = tokens.map((token) => otherOf(token)).filter((name) => name !== undefined && !taken.has(name))
  const usual = tokens.flatMap((token) => usualOf(token, taken))
  return {
    environment: {
      ...own,
      ...Object.fromEntries(cleared.map((name) => [name, undefined])),
      ...shared,
      ...Object.fromEntries([...usual, ...tokens.flatMap(ownOf)])
    },
    warnings
  }
}

/** What an outer `daybook exec` may have set. */
const ambiguous = { DAYBOOK_TOKEN: undefined, DAYBOOK_CREDENTIAL: undefined, DAYBOOK_EXPIRES_AT: undefined }

const variableFor = ({ kind, provider }: Served) => variableOf(definitionOf(provider), provider, kind)

/** Of two providers that share a variable the first one has it. */
const take = (taken: Map<string, string>, token: Served): ReadonlyArray<string> => {
  const name = variableFor(token)
  const holder = name === undefined ? undefined : taken.get(name)
  if (name === undefined) return []
  if (holder === undefined) taken.set(name, token.provider)
  return holder === undefined
    ? []
    : [`${name} has the token of ${holder}. To have that of ${token.provider} in it, name it with --provider.`]
}

const otherOf = (token: Served): string | undefined => {
  const name = variableFor(token)
  return name === undefined ? undefined : otherVariableOf(definitionOf(token.provider), name)
}

const usualOf = (token: Served, taken: ReadonlyMap<string, string>): ReadonlyArray<readonly [string, string]> =>
  Object.entries(environmentOf(token, definitionOf(token.provider))).filter(
    ([name]) => taken.get(name) === token.provider
  )

const ownOf = (token: Served): ReadonlyArray<readonly [string, string]> =>
  Object.entries(environmentOf(token, definitionOf(token.provider)))
    .filter(([name]) => name.startsWith("DAYBOOK_"))
    .map(([name, value]) => [`${name}_${nameIn(token.provider)}`, value])
