/** What `start --observe --json` answers: the stores that were looked at, and the logins in them. */
import { Instant } from "@daybook/pool/Instant"
import { StoreKind } from "@daybook/pool/StoreRef"
import { Schema } from "effect"
import type { Problem as ProblemOf } from "../PoolView.ts"
import { type Observed, type Source as SourceOf, twinsOf } from "../render/ObservedLines.ts"
import { Place, placeOf, Problem, problemOf } from "./Place.ts"
import { CredentialStatus } from "./Show.ts"

const said = (description: string) => ({ description })

const Source = Schema.Struct({
  kind: StoreKind,
  about: Schema.String.annotate(said("What it is, in words")),
  isThere: Schema.Boolean,
  path: Place.fields.path
})

const { kind, ownership, source } = CredentialStatus.fields

const Login = Schema.Struct({
  id: Schema.NullOr(Schema.String).annotate(said("As its store has it")),
  label: Schema.NullOr(Schema.String),
  provider: Schema.String,
  kind,
  source,
  ownership,
  store: Place,
  expiresAt: Schema.NullOr(Instant).annotate(said("When the access token ends")),
  sharedWith: Schema.Array(Place).annotate(said("Other places that hold the same refresh token")),
  lastAuthError: Schema.NullOr(Schema.String).annotate(said("Why its tokens are gone, as its program noted it"))
})

export const Observe = Schema.Struct({
  at: Instant,
  sources: Schema.Array(Source),
  logins: Schema.Array(Login),
  problems: Schema.Array(Problem)
})

export const observeJson = (
  sources: ReadonlyArray<SourceOf>,
  observed: ReadonlyArray<Observed>,
  problems: ReadonlyArray<ProblemOf>,
  at: Instant
): typeof Observe.Type => ({
  at,
  sources: sources.map(({ path, ...source }) => ({ ...source, path: path ?? null })),
  logins: observed.map((login) => loginJson(login, observed)),
  problems: problems.map(problemOf)
})

const loginJson = (login: Observed, all: ReadonlyArray<Observed>): typeof Login.Type => {
  const { expiresAt, fingerprint: _fingerprint, id, label, lastAuthError, store, ...rest } = login
  return {
    ...rest,
    id: id ?? null,
    label: label ?? null,
    store: placeOf(store),
    expiresAt: expiresAt ?? null,
    sharedWith: twinsOf(login, all).map((twin) => placeOf(twin.store)),
    lastAuthError: lastAuthError ?? null
  }
}
