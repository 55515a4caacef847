/**
 * `daybook start --observe`: looks at real stores, once. Nothing is sent, nothing is written, no ledger is opened:
 * fingerprints are taken under a key that is thrown away, and serve only to tell which logins are one and the same.
 */
import { Fingerprints } from "@daybook/pool/Fingerprint"
import * as FingerprintKey from "@daybook/ledger/FingerprintKey"
import { describe } from "@daybook/oauth/Describe"
import { defaultProviders, Providers, sharedWithHermes } from "@daybook/oauth/Providers"
import type { Login } from "@daybook/vault/Login"
import type { StoreDescription } from "@daybook/vault/Store"
import { Vault } from "@daybook/vault/Vault"
import { codexCliAuthFile, hermesAuthFile } from "daybook/Home"
import { presentFiles } from "daybook/LoginFiles"
import { Clock, Effect, Layer, Option } from "effect"
import { existsSync } from "node:fs"
import { exitCodes } from "./ExitCode.ts"
import { Observe, observeJson } from "./json/Observe.ts"
import * as Output from "./Output.ts"
import { observedLines, sourceLines, type Observed, type Source } from "./render/ObservedLines.ts"
import type { Settings } from "./Settings.ts"
import { Stop } from "./Stop.ts"

export const observe = Effect.fnUntraced(function* (told: Settings, path: string | undefined) {
  const layer = Layer.mergeAll(vaultLayer(told.home, path), Providers.layer(), throwAwayFingerprints())
  yield* Effect.provide(look(told), layer)
})

const vaultLayer = (home: string, path: string | undefined) =>
  Vault.layer({
    stores: [
      { kind: "hermes", path: path ?? hermesAuthFile(), providers: sharedWithHermes(defaultProviders) },
      { kind: "codex-cli", path: codexCliAuthFile() },
      ...presentFiles(defaultProviders).map((file) => ({ kind: "file" as const, file })),
      { kind: "own" }
    ],
    folder: home
  })

const throwAwayFingerprints = () =>
  Layer.succeed(Fingerprints, FingerprintKey.fingerprints(FingerprintKey.make(FingerprintKey.randomBytes())))

const look = Effect.fnUntraced(function* ({ json, paint }: Settings) {
  const { logins: survey, sources } = yield* Vault
  const read = sources.map(sourceOf)
  if (!json) yield* Output.lines(sourceLines(read, paint))
  const { logins, problems } = yield* survey
  const observed = yield* Effect.forEach(logins, observedOf)
  const at = yield* Clock.currentTimeMillis
  yield* json
    ? Output.documentOf(Observe, observeJson(read, observed, problems, at))
    : Output.lines(observedLines(observed, at, paint))
  if (problems.length > 0) {
    return yield* new Stop({ exitCode: exitCodes.error, message: problems.map(({ message }) => message).join("\n") })
  }
})

const sourceOf = ({ about, kind, path }: StoreDescription): Source => ({
  kind,
  about,
  path,
  isThere: path === undefined || existsSync(path)
})

const observedOf = Effect.fnUntraced(function* (login: Login) {
  const fingerprints = yield* Fingerprints
  const provider = Option.getOrUndefined((yield* Providers).get(login.provider))
  const secret = login.tokens.refresh ?? login.tokens.access
  const described = provider === undefined ? undefined : describe(provider, login.tokens)
  return {
    id: login.id,
    label: login.label,
    provider: login.provider,
    kind: login.kind,
    source: login.source,
    ownership: login.ownership,
    store: login.store,
    expiresAt: described?.expiresAt ?? login.tokens.expiresAt,
    fingerprint: secret === undefined ? undefined : fingerprints.of(secret),
    lastAuthError: login.lastAuthError?.code
  } satisfies Observed
})
