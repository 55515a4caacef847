/**
 * Looks at everything a pool stands on, and says what is wrong with which thing and what to do. It reads files and asks
 * whether the two kinds of locks work; it sends nothing and writes nothing.
 */
import * as RangeLock from "@daybook/files/RangeLock"
import { verify, type VerifyReport } from "@daybook/ledger/Verify"
import { empty } from "@daybook/pool/PoolState"
import * as Binding from "@daybook/vault/Binding"
import { Vault } from "@daybook/vault/Vault"
import { Effect, Option } from "effect"
import { execFile } from "node:child_process"
import { existsSync, realpathSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Problem, Row } from "./PoolView.ts"
import * as ReadPool from "./ReadPool.ts"

export interface Finding {
  /** `note`: worth knowing, nothing is broken. */
  readonly level: "fine" | "note" | "problem"
  /** The thing: a path, a program, a credential. */
  readonly about: string
  readonly says: string
  readonly next?: string
}

export const examine = Effect.fnUntraced(function* (home: string, vault: string | undefined) {
  const ledger = yield* ofLedger(home)
  const pool = yield* ofPool(home, vault, ledger)
  return [...ofModes(home), ...ledger, ...(yield* ofNativeLock(home)), ...pool]
})

const fine = (about: string, says: string): Finding => ({ level: "fine", about, says })
const note = (about: string, says: string, next: string): Finding => ({ level: "note", about, says, next })
const problem = (about: string, says: string, next: string): Finding => ({ level: "problem", about, says, next })

const expectedModes = [
  { name: "", mode: 0o700 },
  { name: "ledger.jsonl", mode: 0o600 },
  { name: "fingerprint.key", mode: 0o600 },
  { name: "ledger.lock", mode: 0o600 }
]

/** Only the owner may read; missing files are somebody else's finding. */
const ofModes = (home: string): ReadonlyArray<Finding> =>
  expectedModes.flatMap(({ mode, name }) => {
    const path = join(home, name)
    const found = modeOf(path)
    if (found === undefined) return name === "fingerprint.key" && hasLedger(home) ? [noKey(path)] : []
    return [found === mode ? fine(path, `mode ${octal(mode)}`) : tooOpen(path, found, mode)]
  })

const hasLedger = (home: string): boolean => existsSync(join(home, "ledger.jsonl"))

const modeOf = (path: string): number | undefined => {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? undefined : stats.mode & 0o777
}

const octal = (mode: number): string => mode.toString(8).padStart(4, "0")

const noKey = (path: string): Finding =>
  problem(path, "the key is gone; nobody can write to this ledger without it", "Put the key back from a backup.")

const tooOpen = (path: string, found: number, wanted: number): Finding =>
  problem(path, `mode ${octal(found)}, and others may get at it`, `Run \`chmod ${octal(wanted)} ${path}\`.`)

const ofLedger = (home: string): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.match(verify(home), {
    onFailure: (error) => [
      error.reason._tag === "Missing"
        ? problem(home, "there is no ledger", "Name its folder with --home, or get a token to begin one.")
        : problem(home, error.message, "Do what it says, then look again.")
    ],
    onSuccess: (report) => [ofReport(report), ...unknownIn(report)]
  })

const ofReport = ({ events, firstBad, path }: VerifyReport): Finding =>
  firstBad === undefined
    ? fine(path, `${events} events, every line continues the one before it`)
    : problem(
        path,
        `damaged at line ${firstBad.line}, byte ${firstBad.offset}: ${firstBad.why}`,
        "Keep the file, and run `daybook verify` to see how much is whole."
      )

const unknownIn = ({ path, unknown }: VerifyReport): ReadonlyArray<Finding> =>
  unknown === 0 ? [] : [note(path, `${unknown} events are from a newer version`, "Update Daybook.")]

/** Opens the lock's file without locking it. A file that is not there yet would have to be created, so it is left. */
const ofNativeLock = (home: string): Effect.Effect<ReadonlyArray<Finding>> => {
  const path = join(home, "ledger.lock")
  if (!existsSync(path)) return Effect.succeed([])
  return Effect.scoped(RangeLock.open(path)).pipe(
    Effect.match({
      onFailure: ({ message }) => [problem(path, message, "Until then nobody writes to this ledger.")],
      onSuccess: () => [fine(path, "kernel locks work here")]
    })
  )
}

/** Stores and credentials; without a ledger, the stores alone. What keeps a ledger from being read is said once. */
const ofPool = (
  home: string,
  vault: string | undefined,
  ledger: ReadonlyArray<Finding>
): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function* () {
    const { problems, rows } = yield* ReadPool.view(home)
    return [...(yield* ofStores(home, problems)), ...rows.map(ofCredential)]
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
    Effect.flatMap(({ problems }) => ofStores(home, problems)),
    Effect.provide(ReadPool.vaultLayer({ home, vault }, empty))
  )

const ofStores = Effect.fnUntraced(function* (home: string, problems: ReadonlyArray<Problem>) {
  const { sources } = yield* Vault
  const shared = sources.flatMap(({ kind, path }) => (kind === "hermes" && path !== undefined ? [path] : []))
  return [
    ...problems.map(({ message, path }) => problem(path, message, "Then look again.")),
    ...(yield* Effect.forEach(shared, (path) => ofHermes(home, path))).flat(),
    ...(shared.length === 0 ? [] : [yield* flockProgram])
  ]
})

const ofHermes = Effect.fnUntraced(function* (home: string, path: string) {
  const mode = modeOf(path)
  if (mode === undefined) {
    return [problem(path, "the file is not there", "Put it back, or log in with hermes again.")]
  }
  const owner = yield* Effect.option(Effect.flatten(Effect.sync(() => Binding.ownerOf(realpathSync(path)))))
  return [
    (mode & 0o077) === 0 ? fine(path, `mode ${octal(mode)}`) : tooOpen(path, mode, 0o600),
    ...ofOwner(home, path, Option.flatten(owner))
  ]
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

const ofCredential = ({ id, provider, reason, todo, word }: Row): Finding => {
  const about = `${id} (${provider})`
  const says = reason === undefined ? word : `${word}: ${reason}`
  if (word === "dead") return problem(about, says, todo ?? "Log in again.")
  return word === "ok" || todo === undefined ? fine(about, says) : note(about, says, todo)
}
