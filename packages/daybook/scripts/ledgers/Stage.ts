/**
 * Where a story plays: a sandbox for the provider, files that are shared, and programs on one ledger. Everybody's clock is
 * moved together.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { Policy } from "@daybook/pool/Policy"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Controls } from "@daybook/sandbox/Controls"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import type { Login } from "@daybook/sandbox/Operations"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import type { SandboxError } from "@daybook/sandbox/SandboxError"
import { Context, Duration, Effect, Layer, type Scope, Stream } from "effect"
import { join } from "node:path"
import { beginning } from "./Machine.ts"
import { aheadFor, setAhead } from "./MovedClock.ts"
import * as Program from "./Program.ts"
import * as Shared from "./Shared.ts"

export interface Stage extends Pick<Shared.Shared, "backUp" | "write" | "writeCodex"> {
  /** Of the ledger. */
  readonly home: string
  readonly sandbox: Controls
  /** A new login at the provider. */
  readonly logIn: (options?: GrantOptions) => Effect.Effect<Login, SandboxError>
  /** A program on the ledger. */
  readonly start: (name: string) => Effect.Effect<Program.Program, Program.OffScript, Scope.Scope>
  /** Moves everybody's clock. */
  readonly advance: (by: Duration.Input) => Effect.Effect<void>
  /** Waits until the events of the ledger show it. */
  readonly until: (shown: (events: ReadonlyArray<Recorded>) => boolean) => Effect.Effect<void, Program.OffScript>
  /** Fails if the story took another course. */
  readonly check: (what: string, holds: boolean) => Effect.Effect<void, Program.OffScript>
}

/** A stage in this folder, for as long as the scope lives. */
export const make = Effect.fnUntraced(function* (folder: string, policy: Partial<Policy>) {
  const { codexFile, vault, ...shared } = yield* Shared.make(folder)
  let ahead = aheadFor(beginning)
  yield* Effect.acquireRelease(
    Effect.sync(() => setAhead(ahead)),
    () => Effect.sync(() => setAhead(0))
  )
  const sandbox = yield* Effect.orDie(Sandbox.make())
  const home = join(folder, "daybook")
  const programs: Array<Program.Program> = []
  const stage: Stage = {
    ...shared,
    home,
    sandbox,
    logIn: (options) => sandbox.issue({ accessLifetime: 3600, ...options }),
    start: Effect.fnUntraced(function* (name) {
      const settings = { name, home, vault, codexFile, origin: sandbox.origin, policy, ahead }
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
    until: (shown) => Effect.timeoutOrElse(shownIn(home, shown), { duration: patience, orElse: () => notShown }),
    check: (what, holds) => (holds ? Effect.void : new Program.OffScript({ message: what }))
  }
  return stage
})

/** Long enough for a busy machine. */
const patience = "60 seconds"

const notShown = new Program.OffScript({ message: "the ledger shows what the story waits for" })

const shownIn = Effect.fnUntraced(
  function* (home: string, shown: (events: ReadonlyArray<Recorded>) => boolean) {
    const options = { folder: home, program: "recorder", version: "1", readOnly: true }
    const ledger = Context.get(yield* Layer.build(FileLedger.layer(options)), Ledger)
    const events: Array<Recorded> = []
    const isShown = (event: Recorded) => {
      events.push(event)
      return shown(events)
    }
    yield* Stream.runDrain(Stream.takeUntil(ledger.tail(), isShown))
  },
  Effect.scoped,
  Effect.orDie
)
