/** `daybook logout` */
import { Ledger } from "@daybook/ledger/Ledger"
import type { Credential } from "@daybook/pool/PoolState"
import { LogOut, type LoggedOut } from "@daybook/refresher/LogOut"
import { Effect, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { confirmed, yesFlag } from "../Confirm.ts"
import type { Outcome } from "../json/Act.ts"
import { asError, credentialArgument, operate } from "../Operate.ts"
import * as WritePool from "../WritePool.ts"

export const logout = Command.make(
  "logout",
  {
    credential: credentialArgument,
    local: Flag.Boolean("local").pipe(
      Flag.withDescription("Log out here only: the provider is not told, and the login stays valid there"),
      Flag.withDefault(false)
    ),
    yes: yesFlag,
    sandbox: WritePool.sandboxFlag
  },
  ({ credential: name, local, sandbox, yes }) =>
    operate({
      command: "logout",
      name,
      sandbox,
      ask: (credential) => (isEnded(credential) ? Effect.void : confirmed(question(credential, local), yes)),
      act: Effect.fnUntraced(function* (_, credential) {
        if (credential.removed && (yield* wasLoggedOut(credential))) return alreadyOut(credential)
        const ended = yield* LogOut.use((service) => service.logOut(credential.id, { local })).pipe(
          Effect.catchTag("RefreshError", (error) => Effect.fail(asError(error)))
        )
        return loggedOut(credential, ended)
      })
    })
).pipe(
  Command.withDescription(
    "Ends a login of the pool's own: tells its provider, takes its tokens out of their store and it out of the pool"
  )
)

/** What was only removed may be good at its provider still, so that stays an error. */
const wasLoggedOut = ({ id }: Credential) =>
  Ledger.use((ledger) =>
    Stream.runHead(Stream.filter(ledger.read(), (event) => event.type === "LogoutPerformed" && event.credential === id))
  ).pipe(Effect.map(Option.isSome))

const loggedOut = (credential: Credential, ended: LoggedOut): Outcome => ({
  outcome: "logged out",
  says: sentence(credential, ended)
})

const alreadyOut = ({ id }: Credential): Outcome => ({
  outcome: "unchanged",
  says: `${id} was logged out before, and is out of the pool.`
})

/** There is nothing to ask about; the refusal says why. */
const isEnded = ({ kind, ownership, removed }: Credential): boolean =>
  removed || kind === "apiKey" || ownership === "borrowed"

const question = ({ id, provider, store }: Credential, local: boolean): string =>
  `Log out ${id} (${provider})? Its tokens are taken out of ${store.path ?? store.slot}${
    local ? "; the provider is not told" : " and are of no use to anybody afterwards"
  }.`

const sentence = ({ id, provider }: Credential, ended: LoggedOut): string =>
  `${id} is logged out and out of the pool. ${ended.revoked ? `${provider} has ended the login.` : whyNot(provider)[ended.why]}`

const whyNot = (provider: string): { readonly [Why in Extract<LoggedOut, { revoked: false }>["why"]]: string } => ({
  dead: `It was dead already, so ${provider} was not told.`,
  local: `${provider} was not told: whoever else has its tokens can go on with them.`,
  "no tokens": `There were no tokens of it here, so ${provider} was not told.`,
  "not possible": `${provider} has no endpoint to be told, so this was here only: whoever else has its tokens can go on with them.`
})
