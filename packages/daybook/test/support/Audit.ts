/**
 * Judges a world by two records that know nothing of each other: the ledger we wrote and the sandbox's journal.
 * It takes fingerprints by itself, from the key beside the ledger.
 */
import * as Verify from "@daybook/ledger/Verify"
import type { Evidence } from "@daybook/pool/Evidence"
import { decode, type Recorded } from "@daybook/pool/Recorded"
import type { TokenPost } from "@daybook/sandbox/Journal"
import { Effect, Result } from "effect"
import { createHmac } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { inspect } from "node:util"
import type { World } from "./World.ts"

export interface Audit {
  readonly events: ReadonlyArray<Recorded>
  readonly posts: ReadonlyArray<TokenPost>
  readonly rotations: number
  /** Breaches of what must always hold, in words; none is the goal. */
  readonly breaches: ReadonlyArray<string>
}

export const audit = async (world: World, grants: ReadonlyArray<string> = [world.grant]): Promise<Audit> => {
  const events = await readLedger(world)
  const journal = await Effect.runPromise(world.sandbox.journal)
  const posts = journal.filter(({ grant }) => grant !== null && grants.includes(grant))
  const key = await readFile(join(world.home, "fingerprint.key"))
  const breaches = [
    ...(await chainBreaches(world)),
    ...intentBreaches(
      events,
      posts.filter(({ client }) => client !== stranger),
      key
    ),
    ...replayBreaches(events),
    ...(await leaks(world)),
    ...posts.filter(({ grant, presented }) => grant !== null && presented === null).map(() => "a POST without a token")
  ]
  return { events, posts, rotations: posts.filter(({ committed }) => committed).length, breaches }
}

export const readLedger = async (world: Pick<World, "home">): Promise<ReadonlyArray<Recorded>> => {
  const text = await readFile(join(world.home, "ledger.jsonl"), "utf8")
  return text.split("\n").flatMap((line) => {
    try {
      const event = decode(JSON.parse(line))
      return Result.isSuccess(event) ? [event.success] : []
    } catch {
      return []
    }
  })
}

export const fingerprint = (key: Uint8Array, token: string): string =>
  `fp_${createHmac("sha256", key).update(token).digest().subarray(0, 12).toString("base64url")}`

/** By this name a server's journal knows requests of another program, which keeps no ledger. */
export const stranger = "hermes"

const chainBreaches = async (world: World): Promise<ReadonlyArray<string>> => {
  const report = await Effect.runPromise(Verify.verify(world.home))
  return report.isConsistent ? [] : ["the chain is broken"]
}

/** What there is to search. */
export type Searched = Pick<World, "errors" | "folder" | "home" | "person" | "sandbox" | "vault" | "workers">

/** No token value stands anywhere but in the files that are there to hold them. */
export const leaks = async (world: Searched): Promise<ReadonlyArray<string>> => {
  const tokens = await Effect.runPromise(world.sandbox.issuedTokens)
  const files = await filesUnder(world.folder)
  const texts = await Promise.all(
    files
      .filter((path) => !mayHoldTokens(world, path))
      .map(async (path) => [path, await readFile(path, "latin1")] as const)
  )
  const outputs = [
    ...world.workers.map(({ name, said }) => [`what ${name} said`, said()] as const),
    ["an error", world.errors.map((error) => inspect(error, { depth: 8 })).join("\n")] as const
  ]
  return [...texts, ...outputs]
    .filter(([, text]) => tokens.some((token) => text.includes(token)))
    .map(([where]) => `${where} holds a token`)
}

/** Whether a token stands in any file of a store, of the stash or of the quarantine. */
export const isInSomeFile = async ({ folder }: World, token: string): Promise<boolean> => {
  const files = (await filesUnder(folder)).filter((path) => path.endsWith(".json"))
  const texts = await Promise.all(files.map((path) => readFile(path, "latin1").catch(gone)))
  return texts.some((text) => text.includes(token))
}

/** What was listed may have been moved since. */
const gone = (): string => ""

const mayHoldTokens = (world: Searched, path: string): boolean =>
  path.startsWith(dirname(world.vault)) ||
  path.startsWith(world.person) ||
  ["stash", "quarantine", "grants"].some((folder) => path.startsWith(join(world.home, folder)))

const filesUnder = async (folder: string): Promise<ReadonlyArray<string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** Every request has an intent of its own, durable before it left. */
const intentBreaches = (
  events: ReadonlyArray<Recorded>,
  posts: ReadonlyArray<TokenPost>,
  key: Uint8Array
): ReadonlyArray<string> => {
  const intents = events.flatMap((event) => (event.type === "RefreshStarted" ? [event.data.generation.refresh] : []))
  const sent = posts.flatMap(({ presented }) => (presented === null ? [] : [fingerprint(key, presented)]))
  return [...new Set(sent)]
    .filter((one) => count(sent, one) > count(intents, one))
    .map((one) => `${one} was sent ${count(sent, one)} times under ${count(intents, one)} intents`)
}

const count = (all: ReadonlyArray<unknown>, one: unknown): number => all.filter((each) => each === one).length

/**
 * A refresh token is sent again only after an attempt that never left, after an explicit refusal,
 * or after its outcome was declared lost or unknown.
 */
const replayBreaches = (events: ReadonlyArray<Recorded>): ReadonlyArray<string> => {
  const allowed = new Map<string, boolean>()
  const breaches: Array<string> = []
  for (const event of events) {
    const refresh = "generation" in event.data ? event.data.generation.refresh : undefined
    if (refresh === undefined) continue
    if (event.type === "RefreshStarted") {
      if (allowed.get(refresh) === false) breaches.push(`seq ${event.seq}: ${refresh} is sent again without a reason`)
      allowed.set(refresh, false)
    }
    if (event.type === "OutcomeLost") allowed.set(refresh, true)
    if (event.type === "RefreshFailed") allowed.set(refresh, mayBeSentAgain(event.data.evidence))
    if (event.type === "ErrorClassified" && event.data.suspect === true) allowed.set(refresh, true)
  }
  return breaches
}

const mayBeSentAgain = ({ left, status }: Evidence): boolean =>
  !left || (status !== undefined && status >= 400 && status < 500)
