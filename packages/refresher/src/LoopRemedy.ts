/** What a loop is in a sentence, and what ends it. Pure. */
import type { Provider } from "@daybook/oauth/Provider"
import type { Credential } from "@daybook/pool/PoolState"
import type { Loop, LoopKind, StopAct } from "@daybook/pool/queries/Loops"
import { relogin } from "./Relogin.ts"

type About = Pick<Credential, "id" | "kind" | "provider" | "store">
type Stopping = Pick<Loop, "policy" | "rule" | "stop">

/** What goes round. */
export const loopInWords = ({ kind, rule, wasted }: Pick<Loop, "kind" | "rule" | "wasted">): string => {
  const by = rule === undefined ? "" : ` (rule ${rule})`
  return kind === "dead-token-replayed" && wasted === 0 ? putBack : words[kind](by)
}

const putBack = "Another program puts old tokens back into the store, each time after newer ones were stored."

const words: Readonly<Record<LoopKind, (by: string) => string>> = {
  "dead-token-replayed": (by) =>
    by === ""
      ? "A token that was followed by another one is sent again."
      : `A token that was refused before${by} is sent again.`,
  "refresh-changes-nothing": (by) =>
    by === ""
      ? "A refresh brings no other access token."
      : `A refresh brings a token that the API refuses at once${by}, like the one before.`,
  "adopt-ping-pong": () => "The login goes back to tokens that others had taken the place of.",
  "claim-without-outcome": () => "A refresh is begun and its answer is lost, since the process dies before it is kept.",
  "quarantine-flapping": (by) => `The login is judged dead${by}, comes back and dies again before it is of use.`,
  "cooldown-reentry": (by) => `The bench ends by time, and the call after it meets the same refusal${by}.`,
  "refresh-storm": () => "New tokens are fetched while the ones before are as good as new."
}

/** What a person does. `provider` is what is known of the credential's provider. */
export const remedyOfLoop = (provider: Provider | undefined, credential: About, { policy, stop }: Stopping): string =>
  [acts[stop](provider, credential), policy === undefined ? undefined : underPolicy(policy)]
    .filter((part) => part !== undefined)
    .join(" ")

const acts: Readonly<Record<StopAct, (provider: Provider | undefined, credential: About) => string>> = {
  "log-in": (provider, credential) =>
    provider === undefined ? `Log in to ${credential.provider} again.` : relogin(provider, credential),
  "one-writer": (_, { store }) =>
    `Let one program alone refresh this login${store.path === undefined ? "" : ` (look at what else uses ${store.path})`}; give the other one a login of its own.`,
  pay: (_, { id }) => `Pay what is owed for the account, or \`daybook pause ${id}\` until it is paid.`,
  pause: (_, { id }) => `Ask for the right that is missing, or \`daybook pause ${id}\`; waiting does not bring it.`,
  "let-finish": () => "Give whatever refreshes the time to finish, and do not kill it before.",
  "calm-callers": () =>
    "Find the caller that asks for another token each time (forceRefresh, failedToken, `daybook refresh`); without that it gets the one that is good.",
  "check-api": () =>
    "Look at the address that is called and at what the account may do: another token does not help, and another refresh less."
}

const underPolicy = (policy: string): string | undefined => {
  switch (policy) {
    case "benches":
      return "Policy: the row of `benches` that names this refusal lets it come back; without the row a revoked login is quarantined at the first refusal."
    case "timeLimit":
      return "Policy: a `timeLimit` that is shorter than the time until the kill makes a recorded fault of it."
    default:
      return `Policy: a longer \`${policy}\` asks less often.`
  }
}
