/** `daybook hash` for people. */
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Mention, TokenUse } from "@daybook/pool/queries/TokenUse"
import { typeInWords } from "./LogLine.ts"
import { absolute } from "./Time.ts"
import { wrap } from "./Wrap.ts"

export const hashLines = (fingerprint: Fingerprint, uses: ReadonlyArray<TokenUse>): ReadonlyArray<string> =>
  uses.length === 0
    ? [`${fingerprint}: no event of this ledger names it.`]
    : uses.flatMap((use) => wrap(sentence(fingerprint, use), 80))

const sentence = (
  fingerprint: Fingerprint,
  { credential, events, first, last, provider, removed, role, standing }: TokenUse
): string =>
  `${fingerprint} is ${standings[standing]} ${roles[role]} of ${credential} (${provider}${removed ? ", removed" : ""}). ` +
  (events === 1
    ? `One event names it: ${mentioned(first)}.`
    : `${events} events name it, from ${mentioned(first)} to ${mentioned(last)}.`)

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
