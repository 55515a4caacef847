/**
 * A ledger made out of events of another one, for others to look at: a chain of its own, whose first line names the
 * source. It has no key, so nobody can append to it or ask it about a token.
 */
import type { EventOf } from "@daybook/pool/Event"
import type { LedgerId, Seq } from "@daybook/pool/Ids"
import type { Draft, Envelope, Recorded } from "@daybook/pool/Recorded"
import { Effect, type Scope } from "effect"
import * as fs from "node:fs/promises"
import { join } from "node:path"
import * as FingerprintKey from "./FingerprintKey.ts"
import * as Self from "./internal/Self.ts"
import { LedgerError, Unavailable } from "./LedgerError.ts"
import * as LineFormat from "./LineFormat.ts"

/** What it was made of. */
export type Source = NonNullable<EventOf<"LedgerOpened">["data"]["excerpt"]>

/** An event this version knows, which is no part of a ledger's own life. */
export type Told = Exclude<Recorded, { readonly type: "Unknown" }>

export interface Writer {
  /** The id of the excerpt, which is another ledger than its source. */
  readonly ledger: LedgerId
  /** Appends an event under its own id, time and actor, with the next number. */
  readonly write: (events: ReadonlyArray<Told>) => Effect.Effect<void, LedgerError>
  /** Events written so far, the first line included. */
  readonly count: () => number
  /** Gives the file its name: before, there is no ledger in the folder. */
  readonly finish: Effect.Effect<void, LedgerError>
}

/** In a folder that is not there yet, or empty; the one around it is there. `opened` is the source's first event: the excerpt begins with its envelope. */
export const create = Effect.fnUntraced(function* (
  folder: string,
  opened: Pick<Envelope, "actor" | "at" | "id">,
  excerpt: Source
): Effect.fn.Return<Writer, LedgerError, Scope.Scope> {
  yield* attempt("create", folder, () => makeFolder(folder))
  const names = yield* attempt("list", folder, () => fs.readdir(folder))
  if (names.length > 0) return yield* new LedgerError({ reason: taken(folder) })
  const path = join(folder, "ledger.jsonl")
  const part = `${path}.part`
  const file = yield* Effect.acquireRelease(
    attempt("create", part, () => fs.open(part, "wx", 0o600)),
    // By then it has another name, unless it was not finished.
    (file) => Effect.promise(() => file.close().then(() => fs.rm(part, { force: true })))
  )
  const chain = new Chain()
  const ledger = Self.newLedgerId()
  const append = (text: string) => Effect.asVoid(attempt("write", part, () => file.appendFile(text, "latin1")))
  yield* append(chain.next(opened, LineFormat.prepare(opening(ledger, excerpt))))
  return {
    ledger,
    write: (events) =>
      Effect.suspend(() =>
        append(events.map((event) => chain.next(event, LineFormat.prepare(draftOf(event)))).join(""))
      ),
    count: () => chain.seq,
    finish: Effect.andThen(
      attempt("sync", part, () => file.sync()),
      attempt("rename", path, () => fs.rename(part, path))
    )
  }
})

/** Not with the folders around it: on some file systems Node never comes to an end of that. */
const makeFolder = (folder: string): Promise<void> =>
  fs.mkdir(folder, { mode: 0o700 }).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EEXIST") throw cause
  })

class Chain {
  seq = 0
  h = ""

  next({ actor, at, id }: Pick<Envelope, "actor" | "at" | "id">, prepared: LineFormat.Prepared): string {
    const line = LineFormat.render(this.h, { actor, at, id, seq: (this.seq + 1) as Seq }, prepared)
    this.seq++
    this.h = line.h
    return `${line.text}\n`
  }
}

const opening = (ledger: LedgerId, excerpt: Source): Draft => ({
  type: "LedgerOpened",
  v: 1,
  data: {
    format: LineFormat.version,
    ledger,
    lock: "ofd",
    check: FingerprintKey.check(FingerprintKey.make(FingerprintKey.randomBytes())),
    excerpt
  }
})

const draftOf = ({ actor: _actor, at: _at, seq: _seq, ...draft }: Told): Draft => draft

const taken = (folder: string) => new Unavailable({ operation: "write an excerpt to", path: folder, code: "ENOTEMPTY" })

const attempt = <A>(operation: string, path: string, call: () => Promise<A>): Effect.Effect<A, LedgerError> =>
  Effect.tryPromise({
    try: call,
    catch: (cause) => {
      const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
      return new LedgerError({ reason: new Unavailable({ operation, path, code }) })
    }
  })
