/** `daybook enrol` */
import { Ledger } from "@daybook/ledger/Ledger"
import { defaultProviders } from "@daybook/oauth/Providers"
import type { CredentialId } from "@daybook/pool/Ids"
import { Operator } from "@daybook/refresher/Operator"
import { ownerOf } from "@daybook/vault/Binding"
import { sourcesOf } from "@daybook/vault/StoreSources"
import { Vault } from "@daybook/vault/Vault"
import { declaredFiles } from "daybook/LoginFiles"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { realpathSync } from "node:fs"
import { confirmed, yesFlag } from "../Confirm.ts"
import { exitCodes } from "../ExitCode.ts"
import { findCredential } from "../FindCredential.ts"
import { Enrolled, enrolledJson } from "../json/Enrol.ts"
import { looksLike } from "../LooksLike.ts"
import { asError, present } from "../Operate.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { enrolledLines } from "../render/EnrolledLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"
import { kinds, type StoreAt, storeAt } from "../StoreAt.ts"
import * as WritePool from "../WritePool.ts"

const flags = {
  path: Argument.String("path").pipe(
    Argument.withDescription("The file to enrol from; default where its program keeps it"),
    Argument.optional
  ),
  kind: Flag.String("kind").pipe(
    Flag.withDescription(`Whose file it is: ${kinds().join(", ")}`),
    Flag.withDefault("hermes")
  ),
  again: Flag.String("again").pipe(
    Flag.withMetavar("ID"),
    Flag.withDescription("Bring this removed credential back, under a new id"),
    Flag.optional
  ),
  takeOver: Flag.Boolean("take-over").pipe(
    Flag.withDescription("Take a hermes file over from the ledger that it is bound to"),
    Flag.withDefault(false)
  ),
  yes: yesFlag,
  sandbox: WritePool.sandboxFlag
}

export const enrol = Command.make(
  "enrol",
  flags,
  Effect.fnUntraced(function* ({ again, kind, path, sandbox, takeOver, yes }) {
    const told = yield* settings
    if (Option.isSome(again)) return yield* bringBack(told, again.value, sandbox)
    const store = yield* storeAt(kind, Option.getOrUndefined(path))
    yield* hasLogins(told.home, store)
    const from = takeOver ? yield* mayTakeOver(store, yes) : undefined
    const before = yield* headOf(told.home)
    yield* Effect.provide(
      enrolFrom(told, store, before, from),
      WritePool.layer(told, sandbox, { stores: [store.source] })
    )
  })
).pipe(
  Command.withDescription(
    "Makes the logins of a file members of the pool, and begins a ledger if there is none. The file is not changed"
  )
)

/** A file without a login begins no ledger. */
const hasLogins = Effect.fnUntraced(function* (home: string, { path, source }: StoreAt) {
  const layer = Vault.layer({ stores: [source], folder: home })
  const { logins, problems } = yield* Effect.provide(
    Vault.use((vault) => vault.logins),
    layer
  )
  if (logins.length > 0) return
  const [problem] = problems
  const other = yield* looksLike(home, path, "enrol")
  return yield* new Stop({
    exitCode: exitCodes.error,
    message:
      other ?? problem?.message ?? `${path} holds no login to enrol. Log in with the program it belongs to first.`
  })
})

/** The folder of the ledger that the file is bound to; asks before it is taken from there. */
const mayTakeOver = Effect.fnUntraced(function* ({ path, source }: StoreAt, yes: boolean) {
  if (source.kind !== "hermes") {
    return yield* new Stop({
      exitCode: exitCodes.usage,
      message: `${path} is only read, so no ledger owns it, and there is nothing to take over.`
    })
  }
  const owner = yield* ownerOf(realpathSync(path))
  if (Option.isNone(owner)) return undefined
  const { folder } = owner.value
  yield* confirmed(`Take ${path} over from the ledger in ${folder}? Its pools will only read it from then on.`, yes)
  return folder
})

/** 0 where there is no ledger yet. */
const headOf = (home: string) =>
  Ledger.use((ledger) => ledger.head).pipe(
    Effect.map(({ seq }): number => seq),
    Effect.provide(ReadPool.ledgerLayer(home)),
    Effect.catchIf(
      ({ reason }) => reason._tag === "Missing",
      () => Effect.succeed(0)
    )
  )

const enrolFrom = Effect.fnUntraced(function* (
  told: Settings,
  { path }: StoreAt,
  before: number,
  from: string | undefined
) {
  const operator = yield* Operator
  if (from !== undefined) yield* operator.takeOver(path)
  const enrolled = yield* operator.enrol(path)
  const shown = { path, home: told.home, before, takenFrom: from === told.home ? undefined : from, ...enrolled }
  yield* told.json ? Output.documentOf(Enrolled, enrolledJson(shown)) : Output.lines(enrolledLines(shown, told.paint))
  yield* Output.warnings(enrolled.problems)
})

/** Its store is looked into for this login alone: nothing else in the pool may live there. */
const bringBack = Effect.fnUntraced(function* (told: Settings, name: string, sandbox: Option.Option<string>) {
  const former = yield* Effect.provide(
    Effect.flatMap(
      Ledger.use((ledger) => ledger.state),
      (state) => findCredential(state, name)
    ),
    ReadPool.ledgerLayer(told.home)
  )
  const recoverFrom = sourcesOf([former], declaredFiles(defaultProviders))
  yield* Effect.provide(enrolAgain(told, former.id), WritePool.layer(told, sandbox, { recoverFrom }))
})

const enrolAgain = Effect.fnUntraced(function* (told: Settings, former: CredentialId) {
  const events = yield* Operator.use((operator) => operator.enrolAgain(former)).pipe(
    Effect.catchTag("RefreshError", (error) => Effect.fail(asError(error)))
  )
  const id = events.find(({ type }) => type === "CredentialEnrolled")
  const back = id !== undefined && "credential" in id ? id.credential : undefined
  yield* present(
    "enrol --again",
    told,
    { id: back ?? former },
    back === undefined
      ? {
          outcome: "unchanged",
          says: `${former} is in the pool, or has been brought back before; \`daybook list\` shows it.`
        }
      : { outcome: "enrolled", says: `${former} is back in the pool as ${back}.` },
    events
  )
})
