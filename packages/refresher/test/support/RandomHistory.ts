/**
 * A history that a seed decides: two programs on one home, an outside program, a provider on its bad days, full disks
 * and crashes. What must always hold is looked at after each step.
 */
import type { ReplayPolicy } from "@daybook/pool/ReplayPolicy"
import { RefreshError, type Terminal } from "@daybook/pool/RefreshError"
import type { TokenFault } from "@daybook/sandbox/Faults"
import { Effect, Exit, type Scope } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Chances, make as chancesOf } from "./Chances.ts"
import { crash, noSpace, unavailable } from "./Hooks.ts"
import type { Instance } from "./Instance.ts"
import { breaches } from "./Records.ts"
import type { Scene, Tokens } from "./Scene.ts"

export interface Ending {
  /** What happened, step by step. */
  readonly steps: ReadonlyArray<string>
  /** Each with the step after which it was seen. */
  readonly breaches: ReadonlyArray<string>
  readonly posts: number
}

interface History {
  readonly scene: Scene
  readonly chances: Chances
  readonly instances: Array<Instance>
  /** Every pair that an outside program ever had. */
  readonly pairs: Array<Tokens>
  readonly steps: Array<string>
  /** Successors of the first login that were in the stash once. */
  readonly kept: Set<string>
  readonly replay: ReplayPolicy
}

type Step = (history: History) => Effect.Effect<void, never, Scope.Scope>

export const play = Effect.fnUntraced(function* (scene: Scene, seed: number, length: number, replay: ReplayPolicy) {
  const chances = chancesOf(seed)
  const instances = [yield* scene.open({ replay }), yield* scene.open({ replay })]
  const history: History = { scene, chances, instances, pairs: [scene.login], steps: [], kept: new Set(), replay }
  const found: Array<string> = []
  for (let at = 1; at <= length; at += 1) {
    yield* chances.oneOf(chances.next() < 0.5 ? everyday : rare)(history)
    const now = [...(yield* breaches(scene)), ...(yield* lostSuccessors(history))]
    found.push(...now.map((breach) => `after step ${at}: ${breach}`))
    if (found.length > 0) break
  }
  found.push(...(yield* settle(history)), ...(yield* breaches(scene)))
  return { steps: history.steps, breaches: found, posts: (yield* scene.posts).length } satisfies Ending
})

const named =
  (name: string, step: Step): Step =>
  (history) =>
    Effect.suspend(() => {
      history.steps.push(name)
      return step(history)
    })

const ask = ({ chances, instances, steps }: History, request: Parameters<Instance["token"]>[0]) =>
  Effect.gen(function* () {
    const { token } = chances.oneOf(instances)
    const exit = yield* Effect.exit(token({ credential: "seeded", ...request }))
    steps.push(Exit.isSuccess(exit) ? "  served" : "  not served")
    return Exit.isSuccess(exit) ? exit.value : undefined
  })

const refuseCurrent = (history: History) =>
  Effect.gen(function* () {
    const failedToken = yield* ask(history, {})
    if (failedToken !== undefined) yield* ask(history, { failedToken })
  })

const together = (history: History) =>
  Effect.all([ask(history, { forceRefresh: true }), ask(history, { forceRefresh: true })], {
    concurrency: "unbounded",
    discard: true
  })

/** As if by SIGKILL: what only memory has is lost. */
const restart = ({ instances, replay, scene }: History, which: number) =>
  Effect.gen(function* () {
    const old = instances[which]
    old?.edges.stores.before("lock", noSpace, 99)
    if (old !== undefined) yield* old.close
    instances[which] = yield* scene.open({ replay })
  })

const dieAt = (history: History, plan: (instance: Instance) => void) =>
  Effect.gen(function* () {
    const which = history.chances.oneOf([0, 1])
    const instance = history.instances[which]
    if (instance === undefined) return
    plan(instance)
    yield* Effect.exit(instance.token({ credential: "seeded", forceRefresh: true }))
    yield* restart(history, which)
  })

const dyingAtStores = (step: string) =>
  named(`dies after ${step}`, (history) => dieAt(history, ({ edges }) => edges.stores.after(step, crash)))

const dyingAtLedger = (type: string) =>
  named(`dies before ${type}`, (history) => dieAt(history, ({ edges }) => edges.ledger.before(`append ${type}`, crash)))

const failingStore = (step: string) =>
  named(`${step} will fail`, ({ chances, instances }) =>
    Effect.sync(() => chances.oneOf(instances).edges.stores.before(step, noSpace))
  )

const failingLedger = (type: string) =>
  named(`append of ${type} will fail`, ({ chances, instances }) =>
    Effect.sync(() => chances.oneOf(instances).edges.ledger.before(`append ${type}`, unavailable))
  )

const faulty = (name: string, fault: TokenFault) =>
  named(name, ({ scene }) => Effect.orDie(scene.sandbox.fault({ fault })))

const logIn: Step = ({ pairs, scene }) =>
  Effect.gen(function* () {
    yield* scene.advance("2 seconds")
    const login = yield* scene.logIn(scene.login)
    pairs.push(login)
    yield* scene.write(login)
  })

const writeOld: Step = ({ chances, pairs, scene }) => scene.write(chances.oneOf(pairs))

const everyday: ReadonlyArray<Step> = [
  named("asks", (history) => Effect.asVoid(ask(history, {}))),
  named("the API refuses", refuseCurrent),
  named("forces", (history) => Effect.asVoid(ask(history, { forceRefresh: true }))),
  named("two force", together),
  named("10 seconds pass", ({ scene }) => scene.advance("10 seconds")),
  named("10 minutes pass", ({ scene }) => scene.advance("10 minutes")),
  named("70 minutes pass", ({ scene }) => scene.advance("70 minutes")),
  named("restarts", (history) => restart(history, history.chances.oneOf([0, 1])))
]

const rare: ReadonlyArray<Step> = [
  named("dies with the answer in hand", (history) => dieAt(history, ({ edges }) => edges.network.after("post", crash))),
  dyingAtStores("stash"),
  dyingAtStores("store"),
  dyingAtStores("clear"),
  dyingAtLedger("RefreshSucceeded"),
  dyingAtLedger("RefreshFailed"),
  dyingAtLedger("ErrorClassified"),
  dyingAtLedger("StoreCleared"),
  failingStore("stash"),
  failingStore("store"),
  failingStore("read"),
  failingStore("reserve"),
  failingLedger("RefreshStarted"),
  failingLedger("RefreshSucceeded"),
  failingLedger("RefreshFailed"),
  failingLedger("ErrorClassified"),
  faulty("a 503 is near", { _tag: "Status", status: 503 }),
  faulty("a 503 that spent is near", { _tag: "Status", status: 503, commit: true }),
  faulty("a 429 is near", { _tag: "Status", status: 429, headers: { "retry-after": "30" } }),
  faulty("a challenge is near", { _tag: "HtmlChallenge" }),
  faulty("a cut is near", { _tag: "CutBody" }),
  faulty("a reset is near", { _tag: "Reset" }),
  faulty("an answer without access token is near", { _tag: "NoAccessToken" }),
  named("somebody logs in", logIn),
  named("somebody writes an old pair", writeOld),
  named("somebody writes a blank", ({ scene }) => scene.write({ access_token: "", refresh_token: "" }))
]

/** A provider that forgives no replay: a token in doubt is given up, alive or not. */
const givenUp = "replay/never"

/** The world is quiet now: in the end there is a token that works, or a death that is true. */
const settle = Effect.fnUntraced(function* (history: History) {
  const { scene, steps } = history
  steps.push("all is quiet")
  for (let hour = 0; hour < 40; hour += 1) {
    yield* scene.advance("70 minutes")
    const exit = yield* Effect.exit(history.instances[0]!.token({ credential: "seeded" }))
    if (Exit.isSuccess(exit)) {
      const status = yield* callApi(scene, exit.value)
      if (status === 200) return []
      steps.push(`  the API answers ${status}`)
      const again = yield* Effect.exit(history.instances[0]!.token({ credential: "seeded", failedToken: exit.value }))
      if (Exit.isSuccess(again) && (yield* callApi(scene, again.value)) === 200) return []
      if (terminalOf(again)?.rule === givenUp) return []
      if (terminalOf(again) !== undefined) return yield* liveOnDisk(history)
      continue
    }
    const terminal = terminalOf(exit)
    steps.push(`  ${terminal?.reason ?? String(exit.cause)}`)
    if (terminal?.rule === givenUp) return []
    if (terminal !== undefined) return yield* liveOnDisk(history)
  }
  const lost = readFileSync(scene.authFile, "utf8").includes('"refresh_token": ""')
  return lost && (yield* liveOnDisk(history)).length === 0
    ? []
    : ["there is no token and no terminal answer after two days of quiet", ...(yield* tail(scene))]
})

const terminalOf = (exit: Exit.Exit<string, unknown>): Terminal | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const [failure] = exit.cause.reasons.flatMap((reason) => (reason._tag === "Fail" ? [reason.error] : []))
  return failure instanceof RefreshError && failure.reason._tag === "Terminal" ? failure.reason : undefined
}

const callApi = (scene: Scene, token: string) =>
  Effect.promise(async () => {
    const response = await fetch(`${scene.sandbox.origin}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
    await response.arrayBuffer()
    return response.status
  })

/** A login was called dead: the last refresh token of its family must be on no disk, or be refused. */
const liveOnDisk = Effect.fnUntraced(function* ({ scene }: History) {
  const posts = yield* scene.posts
  const last = posts.at(-1)
  const refused = last?.code === "refresh_token_invalidated"
  const newest = posts.findLast(({ committed, grant }) => committed && grant === last?.grant)?.successor
  const spent = posts.some(({ committed, presented }) => committed && presented === newest)
  const kept = newest !== undefined && newest !== null && onDisk(scene).some((text) => text.includes(newest))
  return kept && !spent && !refused ? ["a login whose newest refresh token is on disk was called dead"] : []
})

/** The newest refresh token of the first login, once in the stash, stays on a disk until it is spent or another login came. */
const lostSuccessors = Effect.fnUntraced(function* ({ kept, pairs, scene }: History) {
  const posts = yield* scene.posts
  const newest = posts.findLast(({ committed, grant }) => committed && grant === scene.login.grant)?.successor
  if (newest === undefined || newest === null || pairs.length > 1) return []
  if (textsIn(join(scene.home, "stash")).some((text) => text.includes(newest))) kept.add(newest)
  const lost = kept.has(newest) && onDisk(scene).every((text) => !text.includes(newest))
  return lost ? ["the newest refresh token was in the stash and is on no disk now"] : []
})

const onDisk = (scene: Scene): ReadonlyArray<string> => [
  readFileSync(scene.authFile, "utf8"),
  ...["stash", "quarantine"].flatMap((folder) => textsIn(join(scene.home, folder)))
]

const textsIn = (folder: string): ReadonlyArray<string> =>
  existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")) : []

const tail = (scene: Scene) =>
  Effect.map(scene.events, (events) => events.slice(-12).map((event) => JSON.stringify(event)))
