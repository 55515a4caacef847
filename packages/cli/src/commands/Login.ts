/** `daybook login` */
import { type LoginMethod, loginMethods } from "@daybook/oauth/LoginMethods"
import type { Provider } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"
import { Ledger } from "@daybook/ledger/Ledger"
import { isFrom } from "@daybook/refresher/Enrolment"
import type { Kept } from "@daybook/refresher/KeepLogin"
import { LogIn, type Wish } from "@daybook/refresher/LogIn"
import { LogInError } from "@daybook/refresher/LogInError"
import type { Person, Prompt } from "@daybook/refresher/Person"
import { Vault } from "@daybook/vault/Vault"
import { loginFilesOf } from "daybook/LoginFiles"
import { Clock, Console, Effect, Option, Schema, type Scope } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { createInterface } from "node:readline"
import * as Browser from "../Browser.ts"
import { exitCodes } from "../ExitCode.ts"
import { findCredential } from "../FindCredential.ts"
import { Login, loginJson, Prompt as PromptDocument, promptJson } from "../json/Login.ts"
import { nearest } from "../Nearest.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { loginSentence, promptLines } from "../render/LoginLines.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"
import { kindOf } from "../StoreAt.ts"
import * as WritePool from "../WritePool.ts"

const by = (method: LoginMethod, description: string) =>
  Flag.Boolean(method).pipe(Flag.withDescription(description), Flag.withDefault(false))

export const login = Command.make(
  "login",
  {
    provider: Argument.String("provider").pipe(Argument.withDescription("Such as openai-codex")),
    browser: by("browser", "In a browser on this machine; the default where there is one"),
    device: by("device", "By a code that is entered in a browser anywhere"),
    paste: by("paste", "In a browser anywhere; its answer is pasted here"),
    label: Flag.String("label").pipe(Flag.withDescription("A name for the credential"), Flag.optional),
    credential: Flag.String("credential").pipe(
      Flag.withDescription("Log in to exactly this one again, by id or label"),
      Flag.optional
    ),
    isNew: Flag.Boolean("new").pipe(
      Flag.withDescription("A credential of its own, though the pool has one of this account"),
      Flag.withDefault(false)
    ),
    noOpen: Flag.Boolean("no-open").pipe(
      Flag.withDescription("Show the address and open nothing"),
      Flag.withDefault(false)
    ),
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ credential, isNew, label, noOpen, provider: id, sandbox, ...asked }) {
    const told = yield* settings
    if (isNew && Option.isSome(credential)) return yield* usage("Give --new or --credential, not both.")
    const provider = yield* findProvider(id)
    const program = Browser.opener(process.env, process.platform)
    const method = yield* choose(provider, yield* onlyOne(asked), program !== undefined)
    if (Option.isSome(credential)) yield* Effect.provide(isMember(credential.value), ReadPool.ledgerLayer(told.home))
    const wish = {
      method,
      isNew,
      label: Option.getOrUndefined(label),
      credential: Option.getOrUndefined(credential)
    }
    const opens = noOpen ? undefined : program
    yield* Effect.provide(Effect.scoped(logIn(told, id, wish, opens)), WritePool.layer(told, sandbox))
  })
).pipe(Command.withDescription("Logs in to a provider and puts the login into the pool, or renews one that is there"))

/** Fails also where there is no ledger. */
const isMember = Effect.fnUntraced(function* (name: string) {
  const { id, removed } = yield* findCredential(yield* Ledger.use(({ state }) => state), name)
  if (!removed) return
  const message = `${id} was removed from the pool. \`daybook enrol --again ${id}\` brings it back.`
  return yield* new Stop({ exitCode: exitCodes.error, message })
})

const usage = (message: string) => new Stop({ exitCode: exitCodes.usage, message })

const findProvider = (id: string): Effect.Effect<Provider, Stop> => {
  const found = defaultProviders.find((provider) => provider.id === id)
  if (found !== undefined) return Effect.succeed(found)
  const known = defaultProviders.filter((provider) => loginMethods(provider).length > 0).map((provider) => provider.id)
  const near = nearest(
    id,
    defaultProviders.map((provider) => provider.id)
  )
  const guess = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`
  const message = `No provider "${id}" is defined.${guess} One can log in to: ${known.join(", ")}.`
  return Effect.fail(new Stop({ exitCode: exitCodes.error, message }))
}

const onlyOne = (asked: Readonly<Record<LoginMethod, boolean>>) => {
  const [first, ...others] = (["browser", "device", "paste"] as const).filter((method) => asked[method])
  return others.length === 0
    ? Effect.succeed(first)
    : Effect.fail(usage("Give one of --browser, --device and --paste."))
}

/** A browser where one can be opened, else a code, else pasting. */
const choose = (provider: Provider, wished: LoginMethod | undefined, hasBrowser: boolean) => {
  const has = loginMethods(provider)
  const usual = hasBrowser ? has[0] : (has.find((method) => method !== "browser") ?? has[0])
  const method = wished === undefined ? usual : has.find((one) => one === wished)
  return method === undefined
    ? Effect.fail(
        new LogInError({
          provider: provider.id,
          reason: { _tag: "NoMethod", wished, has, relogin: `${provider.relogin} ${thenInto(provider)}` }
        })
      )
    : Effect.succeed(method)
}

/** Where other programs keep such a login, it comes into the pool from there. */
const thenInto = (provider: Provider): string => {
  const programs = loginFilesOf(provider).map((source) => (source.kind === "file" ? kindOf(source.file) : source.kind))
  const imports = [...new Set(programs)].map((program) => `\`daybook import ${program}\`, or `)
  return `Then ${imports.join("")}\`daybook enrol\` for hermes' file, puts it into the pool.`
}

const logIn = Effect.fnUntraced(function* (told: Settings, provider: string, wish: Wish, program: string | undefined) {
  const person = yield* atTheKeyboard(told, wish.method, program)
  const logged = yield* LogIn.use((service) => service.logIn(provider, person, wish)).pipe(
    Effect.onInterrupt(() => Console.error(brokenOff)),
    Effect.catchIf(isWithoutListener, ({ message }) =>
      Effect.fail(new Stop({ exitCode: exitCodes.error, message: `${message} With --paste nobody has to listen.` }))
    )
  )
  const kept = { ...logged, label: logged.label ?? (yield* labelInStore(logged)) }
  yield* told.json ? Output.documentOf(Login, loginJson(kept)) : Console.log(loginSentence(kept))
})

const brokenOff = "The login was broken off. Unless `daybook status` shows it, nothing of it was kept."

/** An address that stands for a name is in no ledger. */
const labelInStore = Effect.fnUntraced(function* (kept: Pick<Kept, "provider" | "store">) {
  const { logins } = yield* Vault.use((vault) => vault.logins)
  return logins.find((login) => isFrom(kept, login))?.label
})

const isWithoutListener = (error: unknown): error is LogInError =>
  error instanceof LogInError && error.reason._tag === "NoListener"

/** Everything but the result goes to stderr; with `--json` each document on a line of its own. */
const atTheKeyboard = Effect.fnUntraced(function* (
  told: Settings,
  method: LoginMethod | undefined,
  program: string | undefined
): Effect.fn.Return<Person, never, Scope.Scope> {
  const show = Effect.fnUntraced(function* (prompt: Prompt) {
    const now = yield* Clock.currentTimeMillis
    yield* Console.error(told.json ? promptDocument(promptJson(prompt)) : promptLines(prompt, now).join("\n"))
    if (prompt._tag === "Browser" && program !== undefined) yield* Browser.open(program, prompt.url)
  })
  return { show, paste: method === "paste" ? yield* linesOfInput : Effect.succeed(undefined) }
})

const promptDocument = Schema.encodeSync(Schema.fromJsonString(PromptDocument))

/** Line by line; nothing at its end. */
const linesOfInput = Effect.gen(function* () {
  const input = yield* Effect.acquireRelease(
    Effect.sync(() => createInterface({ input: process.stdin })),
    (input) => Effect.sync(() => input.close())
  )
  const lines = input[Symbol.asyncIterator]()
  return Effect.map(
    Effect.promise(() => lines.next()),
    ({ done, value }) => (done === true ? undefined : value)
  )
})
