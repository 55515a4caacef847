/** `daybook import` */
import type { Login } from "@daybook/vault/Login"
import { Vault } from "@daybook/vault/Vault"
import { ImportError, type ImportReason } from "@daybook/refresher/ImportError"
import { type Imported, ImportLogin, type Looked } from "@daybook/refresher/ImportLogin"
import { Clock, Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { confirmed, yesFlag } from "../Confirm.ts"
import { exitCodes } from "../ExitCode.ts"
import { Import, importJson } from "../json/Import.ts"
import { looksLike } from "../LooksLike.ts"
import { find, type OthersFile } from "../OthersFile.ts"
import * as Output from "../Output.ts"
import { accountOf, lookedLines, outcomeLines, priceOf } from "../render/ImportLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"
import * as WritePool from "../WritePool.ts"

export const importLogin = Command.make(
  "import",
  {
    what: Argument.String("program").pipe(
      Argument.withDescription("Whose login: codex-cli, claude-code, gemini-cli, grok-cli, kimi-cli, qwen-code"),
      Argument.optional
    ),
    path: Flag.String("path").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("Its login file, if it is not where that program keeps it"),
      Flag.optional
    ),
    takeOver: Flag.Boolean("take-over").pipe(
      Flag.withDescription("Copy the login and refresh it from now on; the other program will be logged out"),
      Flag.withDefault(false)
    ),
    yes: yesFlag,
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ path, sandbox, takeOver, what, yes }) {
    const told = yield* settings
    const file = yield* find(Option.getOrUndefined(what), Option.getOrUndefined(path))
    yield* Effect.provide(foundIn(told, file), alone(told, file)) // a failed look begins no ledger
    const layer = WritePool.layer(told, sandbox, { recoverFrom: [file.source] })
    yield* Effect.provide(importFrom(told, file, { takeOver, yes }), layer)
  })
).pipe(
  Command.withDescription(
    "Makes the login of another program a member of the pool. Its file is only read, and nothing of it is spent"
  )
)

interface Wish {
  readonly takeOver: boolean
  readonly yes: boolean
}

const importFrom = Effect.fnUntraced(function* (told: Settings, file: OthersFile, wish: Wish) {
  const found = yield* foundIn(told, file)
  const documents = yield* Effect.forEach(found, (login) => importOne(told, file, login, wish))
  if (told.json) yield* Output.documentOf(Import, { imported: documents })
})

/** The file as its only store. */
const alone = ({ home }: Settings, { source }: OthersFile) =>
  Vault.layer({ stores: [], recoverFrom: [source], folder: home })

const foundIn = Effect.fnUntraced(function* ({ home }: Settings, file: OthersFile) {
  const { logins, problems } = yield* Vault.use((vault) => vault.recoverable)
  const other = logins.length === 0 ? yield* looksLike(home, file.path, "import") : undefined
  if (other !== undefined) return yield* new Stop({ exitCode: exitCodes.error, message: other })
  yield* Output.warnings(problems)
  const found = logins.filter(({ kind }) => kind === "oauth")
  return found.length === 0 ? yield* nothingIn(file, logins, problems.length > 0) : found
})

const nothingIn = (file: OthersFile, logins: ReadonlyArray<Login>, isUnreadable: boolean) =>
  new Stop({ exitCode: exitCodes.error, message: isUnreadable ? "Nothing was imported." : whyNothing(file, logins) })

const whyNothing = ({ owner, path, renew }: OthersFile, logins: ReadonlyArray<Login>): string =>
  logins.some(({ kind }) => kind === "apiKey")
    ? `${path} holds an API key and no login: ${owner} is set to use the key. Put the key into an environment variable, or ${renew} to log in.`
    : `${path} holds no login of ${owner}: its tokens are missing, or blank stubs of a login that ended. To log in, ${renew}, then import it again.`

const importOne = Effect.fnUntraced(function* (told: Settings, file: OthersFile, login: Login, wish: Wish) {
  const imports = yield* ImportLogin
  const seen = yield* imports.look(login)
  if (!told.json) yield* Output.lines(lookedLines(file, seen, yield* Clock.currentTimeMillis))
  const { imported, looked } = yield* carryOut(file, seen, wish).pipe(
    Effect.map((imported) => ({ imported, looked: seen })),
    Effect.catchIf(isTwin, ({ reason: { twin: member } }) =>
      Effect.succeed({ imported: undefined, looked: { ...seen, member } })
    )
  )
  const ownership = wish.takeOver ? "owned" : "borrowed"
  if (!told.json) yield* Output.lines(outcomeLines(file, looked, imported, ownership))
  return importJson(file, looked, imported, ownership)
})

/** It is in the pool from another place, such as our own store after a take-over: that is what was wished for. */
const isTwin = (
  error: unknown
): error is ImportError & { readonly reason: Extract<ImportReason, { readonly _tag: "Twin" }> } =>
  error instanceof ImportError && error.reason._tag === "Twin" && !error.reason.spent && !error.reason.twin.removed

/** Nothing if it is a member already. */
const carryOut = Effect.fnUntraced(function* (file: OthersFile, looked: Looked, { takeOver, yes }: Wish) {
  const imports = yield* ImportLogin
  if (!takeOver) return looked.member === undefined ? yield* imports.borrow(looked) : undefined
  yield* Console.error(priceOf(file))
  yield* confirmed(`Take over the login of ${accountOf(looked)} from ${file.owner}?`, yes)
  return (yield* imports.takeOver(looked)) satisfies Imported
})
