/** `daybook hash` for people. */
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Mention, TokenUse } from "@daybook/pool/queries/TokenUse"
import { typeInWords } from "@daybook/words/TypeWords"
import { absolute } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

/** `mentions` are all events that name it. */
export const hashLines = (
  fingerprint: Fingerprint,
  uses: ReadonlyArray<TokenUse>,
  mentions: ReadonlyArray<Mention>
): ReadonlyArray<string> => {
  const [first, last] = [mentions[0], mentions.at(-1)]
  if (first === undefined || last === undefined) return [`${fingerprint}: no event of this ledger names it.`]
  return uses.length === 0
    ? wrap(`${fingerprint} is no token of a credential. ${named({ events: mentions.length, first, last })}`, 80)
    : uses.flatMap((use) => wrap(sentence(fingerprint, use), 80))
}

const sentence = (
  fingerprint: Fingerprint,
  { credential, events, first, last, provider, removed, role, standing }: TokenUse
): string =>
  `${fingerprint} is ${standings[standing]} ${roles[role]} of ${credential} (${provider}${removed ? ", removed" : ""}). ` +
  named({ events, first, last })

const named = ({ events, first, last }: Pick<TokenUse, "events" | "first" | "last">): string =>
  events === 1
    ? `One event names it: ${mentioned(first)}.`
    : `${events} events name it, from ${mentioned(first)} to ${mentioned(last)}.`

const mentioned = ({ at, seq, type }: Mention): string => `${seq} (${words(type)}, ${absolute(at)})`

const words = (type: string): string => typeInWords({ type } as Parameters<typeof typeInWords>[0])

const standings: Record<TokenUse["standing"], string> = {
  current: "the current",
  dead: "a dead",
  past: "a past"
}

const roles: Record<TokenUse["role"], string> = {
  access: "access token or key",
  refresh: "refresh token",
  account: "account",
  seat: "person"
}
