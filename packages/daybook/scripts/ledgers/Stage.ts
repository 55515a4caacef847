/**
 * Where a story plays: a folder with an `auth.json` as hermes writes it, a sandbox for the provider, and programs that
 * share the folder. Everybody's clock is moved together.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { Policy } from "@daybook/pool/Policy"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Controls } from "@daybook/sandbox/Controls"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import type { Login } from "@daybook/sandbox/Operations"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import { Clock, Context, Duration, Effect, Layer, type Scope, Stream } from "effect"
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { authFile, codexAuthFile, type Row } from "./AuthFile.ts"
import { beginning } from "./Machine.ts"
import { aheadFor, setAhead } from "./MovedClock.ts"
import * as Program from "./Program.ts"

export interface Stage {
  /** Of the ledger. */
  readonly home: string
  readonly vault: string
  readonly sandbox: Controls
  /** A new login at the provider. */
  readonly logIn: (options?: GrantOptions) => Effect.Effect<Login>
  /** Puts these logins into the file in one step and without a lock, as other programs do. */
  readonly write: (rows: ReadonlyArray<Row>) => Effect.Effect<void>
  /** Logs the Codex CLI in, beside it. */
  readonly writeCodex: (login: Login) => Effect.Effect<void>
  /** Copies the file as it stands; what is answered puts the copy back. */
  readonly backUp: Effect.Effect<Effect.Effect<void>>
  readonly start: (
    name: string,
    policy?: Partial<Policy>
  ) => Effect.Effect<Program.Program, Program.OffScript, Scope.Scope>
  /** Everybody's clock. */
  readonly advance: (by: Duration.Input) => Effect.Effect<void>
  /** Waits until the events of the ledger show it. */
  readonly until: (shown: (events: ReadonlyArray<Recorded>) => boolean) => Effect.Effect<void>
  /** Fails if the story took another course. */
  readonly check: (what: string, holds: boolean) => Effect.Effect<void, Program.OffScript>
}

/** A stage in this folder, for as long as the scope lives. */
export const make = Effect.fnUntraced(function* (folder: string, policy: Partial<Policy>) {
  yield* Effect.acquireRelease(
    Effect.sync(() => makeFolder(folder)),
    () => Effect.sync(() => rmSync(folder, { recursive: true }))
  )
  let ahead = aheadFor(beginning)
  yield* Effect.acquireRelease(
    Effect.sync(() => setAhead(ahead)),
    () => Effect.sync(() => setAhead(0))
  )
  const sandbox = yield* Effect.orDie(Sandbox.make())
  const home = join(folder, "daybook")
  const vault = join(folder, "hermes", "auth.json")
  const codexFile = join(folder, "codex", "auth.json")
  const programs: Array<Program.Program> = []
  const stage: Stage = {
    home,
    vault,
    sandbox,
    logIn: (options) => Effect.orDie(sandbox.issue({ accessLifetime: 3600, ...options })),
    write: (rows) => Effect.map(Clock.currentTimeMillis, (now) => replaceFile(vault, authFile(rows, now))),
    writeCodex: (login) =>
      Effect.map(Clock.currentTimeMillis, (now) => replaceFile(codexFile, codexAuthFile(login, now))),
    backUp: Effect.sync(() => {
      const copy = readFileSync(vault, "utf8")
      return Effect.sync(() => replaceFile(vault, copy))
    }),
    start: Effect.fnUntraced(function* (name, own = {}) {
      const settings = { name, home, vault, codexFile, origin: sandbox.origin, policy: { ...policy, ...own }, ahead }
      const program = yield* Program.start(settings, folder)
      programs.push(program)
      return program
    }),
    advance: (by) =>
      Effect.suspend(() => {
        ahead += Duration.toMillis(by)
        setAhead(ahead)
        return Effect.forEach(programs, ({ move }) => move(ahead), { discard: true })
      }),
    until: (shown) => Effect.scoped(until(home, shown)),
    check: (what, holds) => (holds ? Effect.void : Effect.fail(new Program.OffScript({ message: what })))
  }
  return stage
})

const until = Effect.fnUntraced(function* (home: string, shown: (events: ReadonlyArray<Recorded>) => boolean) {
  const services = yield* Layer.build(
    FileLedger.layer({ folder: home, program: "recorder", version: "1", readOnly: true })
  )
  const ledger = Context.get(services, Ledger)
  const events: Array<Recorded> = []
  yield* ledger.tail().pipe(
    Stream.takeUntil((event) => {
      events.push(event)
      return shown(events)
    }),
    Stream.runDrain
  )
}, Effect.orDie)

/** Whoever finds it there stops: it is somebody else's. */
const makeFolder = (folder: string): void => {
  for (const made of [folder, join(folder, "hermes"), join(folder, "codex")]) mkdirSync(made, { mode: 0o700 })
}

const replaceFile = (path: string, content: string): void => {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
