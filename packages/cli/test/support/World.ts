/** A user with one login and one API key in hermes, a sandbox that issued the login, and the command at hand. */
import { Sandbox } from "@daybook/sandbox/Sandbox"
import { assert } from "@effect/vitest"
import { openPool } from "daybook"
import { Effect } from "effect"
import { join } from "node:path"
import { apiKey, authFile, writeAuth } from "./AuthFile.ts"
import { daybook, hasTrace, type Place, type Ran } from "./Cli.ts"
import { contents, tempFolder } from "./TempFolder.ts"

export const makeWorld = Effect.gen(function* () {
  const sandbox = yield* Sandbox.make({ defaults: { accessLifetime: 3600 } })
  const user = yield* tempFolder
  const login = yield* sandbox.issue({})
  const vault = writeAuth(user, authFile(login))
  const home = join(user, "pool")
  const at: Place = { user, env: { DAYBOOK_HOME: home } }
  const run = Effect.fnUntraced(function* (args: ReadonlyArray<string>, place: Place = at) {
    const ran = yield* daybook(args, place)
    assert.isFalse(hasTrace(ran), ran.stderr)
    yield* hasNoSecret(ran, args[0] === "token" || args[0] === "exec")
    return ran
  })
  /** Only `token`, and what `exec` runs, may show one, and only on stdout; only files made for tokens may hold one. */
  const hasNoSecret = Effect.fnUntraced(function* ({ stderr, stdout }: Ran, mayShow: boolean) {
    const shown = mayShow ? stderr : stdout + stderr
    const issued = yield* Effect.orDie(sandbox.issuedTokens)
    const places = [shown, ...contents(user)]
    for (const secret of [...issued, apiKey]) {
      for (const place of places) assert.notInclude(place, secret)
    }
  })
  return {
    sandbox,
    user,
    login,
    vault,
    home,
    at,
    run,
    /** Begins the pool: its ledger, and the two credentials `main` and `key`. */
    begin: Effect.promise(async () => (await openPool({ home, vault })).close()),
    codex: ["--sandbox", sandbox.origin] as const
  }
})
