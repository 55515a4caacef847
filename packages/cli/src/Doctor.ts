/**
 * Looks at everything a pool stands on, and says what is wrong with which thing and what to do. It reads files and asks
 * whether the locks that are needed work; it sends nothing and writes nothing.
 */
import { empty } from "@daybook/pool/PoolState"
import * as Binding from "@daybook/vault/Binding"
import { Vault } from "@daybook/vault/Vault"
import { Effect, Option } from "effect"
import { execFile } from "node:child_process"
import { realpathSync } from "node:fs"
import { hidden, modeFinding, modeOf, modesIn } from "./FileModes.ts"
import { fine, type Finding, note, problem } from "./Finding.ts"
import { ofHermesLogins } from "./HermesFindings.ts"
import { ofFileSystem, ofLedger, ofLock } from "./LedgerFindings.ts"
import type { Problem, Row } from "./PoolView.ts"
import * as ReadPool from "./ReadPool.ts"

export const examine = Effect.fnUntraced(function* (home: string, vault: string | undefined) {
  const ledger = yield* ofLedger(home)
  const pool = yield* ofPool(home, vault, ledger)
  return [...modesIn(home), ...(yield* ofFileSystem(home)), ...ledger, ...(yield* ofLock(home)), ...pool]
})

/** Stores and credentials; without a ledger, the stores alone. What keeps a ledger from being read is said once. */
const ofPool = (
  home: string,
  vault: string | undefined,
  ledger: ReadonlyArray<Finding>
): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function* () {
    const { problems, rows } = yield* ReadPool.view({ home })
    return [...(yield* ofStores(home, problems, rows)), ...ofBorrowed(rows), ...rows.map(ofCredential)]
  }).pipe(
    Effect.provide(ReadPool.layer({ home, vault })),
    Effect.catchReason("LedgerError", "Missing", () => ofStoresAlone(home, vault)),
    Effect.catch(({ message }) =>
      Effect.succeed(
        ledger.some(({ level }) => level === "problem")
          ? []
          : [problem(home, message, "Do what it says, then look again.")]
      )
    )
  )

const ofStoresAlone = (home: string, vault: string | undefined) =>
  Vault.use(({ logins }) => logins).pipe(
    Effect.flatMap(({ problems }) => ofStores(home, problems, [])),
    Effect.provide(ReadPool.vaultLayer({ home, vault }, empty))
  )

const ofStores = Effect.fnUntraced(function* (
  home: string,
  problems: ReadonlyArray<Problem>,
  rows: ReadonlyArray<Row>
) {
  const { sources } = yield* Vault
  const shared = sources.flatMap(({ kind, path }) => (kind === "hermes" && path !== undefined ? [path] : []))
  return [
    ...problems.map(({ message, path }) => problem(path, message, "Then look again.")),
    ...(yield* Effect.forEach(shared, (path) => ofHermes(home, path))).flat(),
    ...(yield* ofHermesLogins(rows)),
    ...(shared.length === 0 ? [] : [yield* flockProgram])
  ]
})

/** Files of other programs that the pool has logins of. */
const ofBorrowed = (rows: ReadonlyArray<Row>): ReadonlyArray<Finding> => {
  const borrowed = rows.filter(({ store }) => store.kind === "codex-cli" || store.kind === "file")
  const paths = new Set(borrowed.flatMap(({ store }) => store.path ?? []))
  return [...paths].map((path) =>
    fine(path, "only read, never written; a login that its program keeps in the system's keychain is not read")
  )
}

const ofHermes = Effect.fnUntraced(function* (home: string, path: string) {
  const mode = modeOf(path)
  if (mode === undefined) {
    return [problem(path, "the file is not there", "Put it back, or log in with hermes again.")]
  }
  if (typeof mode === "string") return [hidden(path, mode)]
  const owner = yield* Effect.option(Effect.flatten(Effect.sync(() => Binding.ownerOf(realpathSync(path)))))
  return [modeFinding(path, mode, 0o600), ...ofOwner(home, path, Option.flatten(owner))]
})

const ofOwner = (home: string, path: string, owner: Option.Option<Binding.Owner>): ReadonlyArray<Finding> =>
  Option.match(owner, {
    onNone: () => [],
    onSome: ({ folder }) => [
      folder === home
        ? fine(path, "bound to this ledger, which alone may spend from it")
        : note(path, `bound to the ledger in ${folder}, so this one only reads it`, `Use --home ${folder} for it.`)
    ]
  })

const flockProgram: Effect.Effect<Finding> = Effect.callback((resume) => {
  if (process.platform !== "linux") return resume(Effect.succeed(fine("flock", "not needed on this system")))
  execFile("flock", ["--version"], (error) =>
    resume(
      Effect.succeed(
        error === null
          ? fine("flock", "the program is there; it takes the lock that hermes takes")
          : problem("flock", "the program is missing, so no store of hermes can be locked", "Install util-linux.")
      )
    )
  )
})

const ofCredential = ({ id, lost, provider, reason, todo, word }: Row): Finding => {
  const about = `${id} (${provider})`
  if (lost !== undefined) return problem(about, lost, todo ?? "Log in again.")
  const says = reason === undefined ? word : `${word}: ${reason}`
  if (word === "dead") return problem(about, says, todo ?? "Log in again.")
  return word === "ok" || todo === undefined ? fine(about, says) : note(about, says, todo)
}
