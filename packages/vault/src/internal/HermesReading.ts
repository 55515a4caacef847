/** hermes' files, read as they are now: its own `auth.json`, what it keeps beside it, and its profiles. */
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Effect, Option, Redacted, Result } from "effect"
import { basename, join } from "node:path"
import * as HermesFile from "../HermesFile.ts"
import { profileFiles, profileOf, rootOf } from "../HermesProfiles.ts"
import type { HermesOptions } from "../HermesStore.ts"
import type { Login, Survey } from "../Login.ts"
import type { StoreError, StoreOperation } from "../StoreError.ts"
import { logins } from "./HermesLogins.ts"
import { anthropicPath, type Beside, nothing, readAnthropic, readNous } from "./HermesBeside.ts"
import * as JsonFile from "./JsonFile.ts"
import * as StoreErrors from "./StoreErrors.ts"

export interface Opened extends HermesOptions {
  readonly providers: ReadonlyArray<string>
  /** The file that profiles share. */
  readonly shared: string
}

/** The file's content; an empty object if it does not exist. */
export const value = (path: string, operation: StoreOperation): Effect.Effect<unknown, StoreError> =>
  Effect.map(JsonFile.read(path, operation), Option.match({ onNone: () => ({}), onSome: ({ value }) => value }))

export const file = Effect.fnUntraced(function* (
  opened: Opened,
  operation: StoreOperation,
  beside: Beside = nothing
): Effect.fn.Return<HermesFile.Surveyed, StoreError> {
  const file = HermesFile.survey(yield* value(opened.path, operation), opened.providers, beside)
  return Result.isFailure(file) ? yield* StoreErrors.corrupt(operation, opened.path, file.failure) : file.success
})

/** Where it cannot be read, the copy that hermes keeps in its pool has to do. */
export const anthropicBeside = ({ path }: Opened): Effect.Effect<Beside> =>
  readAnthropic(anthropicPath(path), "read").pipe(
    Effect.map((anthropic) => ({ ...nothing, anthropic })),
    Effect.orElseSucceed(() => nothing)
  )

/** Other files than `auth.json` whose change may change a login. */
export const watched = ({ path, providers, shared }: Opened): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(profileFiles(path), (profiles) => [
    ...(providers.includes("nous") ? [shared] : []),
    ...(providers.includes("anthropic") ? [anthropicPath(path)] : []),
    ...profiles
  ])

/** The logins in the file, and if it is the root's, those that its profiles have of their own. */
export const survey = (opened: Opened): Effect.Effect<Survey> =>
  profileOf(opened.path) === undefined ? surveyRoot(opened) : surveyProfile(opened)

const surveyRoot = Effect.fnUntraced(function* (opened: Opened): Effect.fn.Return<Survey> {
  const root = yield* surveyFile(opened)
  const profiles = yield* Effect.forEach(yield* profileFiles(opened.path), (path) => surveyFile({ ...opened, path }))
  return {
    logins: profiles.flatMap(({ logins }) => logins).reduce(withOwn, root.logins),
    problems: [root, ...profiles].flatMap(({ problems }) => problems)
  }
})

/** While the root's file cannot be read, nobody knows which logins are the profile's own. */
const surveyProfile = Effect.fnUntraced(function* (opened: Opened): Effect.fn.Return<Survey> {
  const root = yield* surveyFile({ ...opened, path: join(rootOf(opened.path), basename(opened.path)) })
  const { logins, problems } = yield* surveyFile(opened)
  const own = root.problems.length > 0 ? [] : logins.reduce(withOwn, root.logins).slice(root.logins.length)
  return { logins: own, problems: [...root.problems, ...problems] }
})

const surveyFile = (opened: Opened): Effect.Effect<Survey> =>
  Effect.gen(function* () {
    const { beside, problems } = yield* besides(opened)
    const found = yield* file(opened, "list", beside)
    const all = logins(found, opened.path)
    return {
      logins: profileOf(opened.path) === undefined ? all : all.map(lent),
      problems: [...problems, ...found.flaws.map((flaw) => StoreErrors.corrupt("list", opened.path, flaw))]
    }
  }).pipe(Effect.catch((problem) => Effect.succeed({ logins: [], problems: [problem] })))

/** What cannot be read beside the file hides nothing that stands in it. */
const besides = Effect.fnUntraced(function* ({ path, providers, shared }: Opened) {
  const nous = Effect.map(
    readNous(shared, "list"),
    Option.getOrElse(() => nothing.nous)
  )
  const ofNous = yield* attempted(providers.includes("nous") ? nous : blank)
  const ofAnthropic = yield* attempted(
    providers.includes("anthropic") ? readAnthropic(anthropicPath(path), "list") : blank
  )
  return {
    beside: { nous: ofNous.tokens, anthropic: ofAnthropic.tokens },
    problems: [...ofNous.problems, ...ofAnthropic.problems]
  }
})

const blank = Effect.succeed<TokenSet>({})

const attempted = (reading: Effect.Effect<TokenSet, StoreError>) =>
  Effect.match(reading, {
    onSuccess: (tokens) => ({ tokens, problems: [] }),
    onFailure: (problem) => ({ tokens: {} as TokenSet, problems: [problem] })
  })

/** A profile's logins come after all others, and are hermes' to refresh. */
const lent = (login: Login): Login => ({ ...login, ownership: "borrowed", priority: login.priority + 1000 })

/** A profile's row that shows a login of the root, or was copied from it, is no login of its own. */
const withOwn = (logins: ReadonlyArray<Login>, login: Login): ReadonlyArray<Login> =>
  isBlank(login.tokens) || logins.some((other) => isOneWith(other, login)) ? logins : [...logins, login]

const isOneWith = (left: Login, right: Login): boolean =>
  left.provider === right.provider &&
  (isEqual(left.tokens.refresh, right.tokens.refresh) ||
    isEqual(left.tokens.access, right.tokens.access) ||
    (left.id !== undefined && left.id === right.id))

const isEqual = (left: Redacted.Redacted<string> | undefined, right: Redacted.Redacted<string> | undefined): boolean =>
  left !== undefined && right !== undefined && Redacted.value(left) === Redacted.value(right)
