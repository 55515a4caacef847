/** The one thing to do next, once the cause is known: as a sentence, and as a command where there is one. Pure. */
import { secretVariable } from "@daybook/oauth/ClientSecret"
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Instant } from "@daybook/pool/Instant"
import type { Loop } from "@daybook/pool/queries/Loops"
import { credentialStatus, type CredentialStatus } from "@daybook/pool/queries/Status"
import type { Answer } from "@daybook/pool/queries/Why"
import type { FieldName } from "@daybook/pool/queries/why/Fields"
import type { PoolState } from "@daybook/pool/PoolState"
import { loopInWords, remedyOfLoop } from "@daybook/refresher/LoopRemedy"
import { relogin } from "@daybook/refresher/Relogin"

export interface NextStep {
  readonly says: string
  readonly command: string | undefined
}

const step = (says: string, command?: string): NextStep => ({ says, command })

/** `loop`: one that runs now, if it was looked for. */
export const nextStep = (answer: Answer, state: PoolState, now: Instant, loop?: Loop): NextStep => {
  const status = credentialStatus(state, answer.credential, now)
  const { cause } = answer.finding
  if (cause === "operator") return changeOf(answer)
  if (loop !== undefined && status.word === "ok") return endLoop(loop, answer)
  if (cause === "healthy") return nothing(answer)
  if (status.word === "dead" || isOverForGood(status, answer, now)) return logInAgain(status, answer)
  return status.word === "cooling" ? waitFor(status) : meanwhile(status, answer)
}

/** A login that works may still be asked for over and over. */
const endLoop = (loop: Loop, { credential }: Answer): NextStep => {
  const provider = defaultProviders.find(({ id }) => id === credential.provider)
  return step(
    `It is caught in a loop that still runs. ${loopInWords(loop)} ${remedyOfLoop(provider, credential, loop)} Since when, and at what cost:`,
    `daybook loops ${credential.id}`
  )
}

const nothing = ({ before, credential: { id } }: Answer): NextStep =>
  before === undefined
    ? step("Nothing is to be done. What happened to it:", `daybook story ${id}`)
    : step("Nothing is to be done. The whole of what was wrong last:", `daybook why ${id} --at ${before.event.seq}`)

const changes: { readonly [name in FieldName]?: string } = {
  label: "relabel",
  priority: "prioritise",
  store: "enrol --again",
  removed: "enrol --again"
}

/** What a person decided a person can undo. */
const changeOf = ({ credential: { id, operator, removed }, field }: Answer): NextStep => {
  const verb = removed ? "enrol --again" : (changes[field] ?? (operator === "paused" ? "resume" : undefined))
  return verb === undefined
    ? step("Nothing is to be done. What happened to it:", `daybook story ${id}`)
    : step(verb === "resume" || removed ? "To put it back into use:" : "To change it:", `daybook ${verb} ${id}`)
}

/** Nobody has called it dead, and waiting does not bring it back. */
const isOverForGood = (status: CredentialStatus, { finding: { cause } }: Answer, now: Instant): boolean =>
  (cause === "expired" && status.ownership === "owned" && status.word !== "suspect") ||
  cause === "revoked" ||
  (status.deadline !== undefined && status.deadline <= now)

const logInAgain = (status: CredentialStatus, { finding: { by, cause } }: Answer): NextStep => {
  const known = defaultProviders.find(({ id }) => id === status.provider)
  const again = known === undefined ? `Log in to ${status.provider} again.` : relogin(known, status)
  const isShared = cause === "replayed" || (cause === "raced" && by?.actor === undefined)
  return step(`${isShared ? stopFirst(status) : ""}${again}`, commandFor(status, again))
}

/** Else it spends the new login as well. */
const stopFirst = ({ store: { path } }: CredentialStatus): string =>
  `Stop the other program first${path === undefined ? "" : `: look at what else reads ${path}, and at the provider's own CLI`}. `

const owners: { readonly [kind in CredentialStatus["store"]["kind"]]?: string } = {
  own: "daybook",
  hermes: "hermes",
  "codex-cli": "codex"
}

/** A sentence may name a command for each program that could own the login. */
const commandFor = ({ store: { kind } }: CredentialStatus, sentence: string): string | undefined => {
  const commands = Array.from(sentence.matchAll(/`([^`]+)`/g), ([, command]) => command)
  return commands.find((command) => command?.startsWith(owners[kind] ?? "") === true) ?? commands[0]
}

const waitFor = ({ id, provider, reason }: CredentialStatus): NextStep => {
  switch (reason) {
    case "BillingRequired":
      return step("Pay for the account; then this ends the bench:", `daybook resume ${id}`)
    case "NotEntitled":
    case "ModelUnavailable":
      return step("No refresh and no new login helps. Who is used in its place:", `daybook explain ${provider}`)
    default:
      return step("It comes back by itself. Who is used in its place:", `daybook explain ${provider}`)
  }
}

const meanwhile = (status: CredentialStatus, answer: Answer): NextStep => {
  const { id, provider } = status
  switch (answer.finding.cause) {
    case "answer-lost":
      return step(
        "Its token is sent once more when that can do no harm. To have it done as soon as it may be:",
        `daybook refresh ${id}`
      )
    case "raced":
      return answer.finding.by?.actor === undefined
        ? step(
            "It works. Let only one program spend this login, or it will be lost one day. Who spent what:",
            `daybook lineage ${id}`
          )
        : step("It works. Look whether all processes share one lock:", "daybook doctor")
    case "misconfigured":
      return isClientRefused(answer)
        ? correctClient(status)
        : step("Look at the settings of this machine and at the definition of the provider:", "daybook doctor")
    case "entitlement":
      return step("No refresh and no new login helps. Who is used in its place:", `daybook explain ${provider}`)
    case "quota":
      return step("It is tried again by itself. Who is used in its place:", `daybook explain ${provider}`)
    case "expired":
      return step("Run the program that owns it; Daybook sees its new login by itself.")
    default:
      return unclear(id, answer)
  }
}

const isClientRefused = ({ chain: { links }, finding: { evidence } }: Answer): boolean =>
  [...links.map(({ event }) => event), ...evidence].some(
    (event) =>
      event.type === "RefreshFailed" && /^(?:invalid|unauthorized)_client$/.test(event.data.evidence.code ?? "")
  )

/** A definition of a program's own is not here to look at. */
const correctClient = ({ provider }: CredentialStatus): NextStep => {
  const known = defaultProviders.find(({ id }) => id === provider)
  return known === undefined || known.clientAuthentication === "none"
    ? step(
        "The provider does not take the client that asks. Correct `clientId` in the definition of the provider that its program uses. Then see whether all is well:",
        "daybook doctor"
      )
    : step(
        `The provider does not take the client that asks. Set ${secretVariable(provider)} to the secret of its client where the program runs. Then see whether all is well:`,
        "daybook doctor"
      )
}

const unclear = (id: string, { chain, finding: { evidence } }: Answer): NextStep => {
  const events = [...evidence, ...chain.links.map(({ event }) => event)]
  const verdict = events.find((event) => event.type === "ErrorClassified")
  const judged = verdict && events.find((event) => event.id === verdict.data.of)
  return judged === undefined
    ? step("All that is known of it:", `daybook story ${id}`)
    : step("What the rules make of that answer, and why:", `daybook classify --event ${judged.seq}`)
}
