/** What `enrol --json` answers: what came into the pool from a file, and what stayed out. With `--again` it is an act. */
import { CredentialId } from "@daybook/pool/Ids"
import type { Standing } from "@daybook/refresher/Enrolment"
import { Schema } from "effect"
import { outcomeOf, outcomes, type Shown } from "../render/EnrolledLines.ts"
import { acts } from "./Act.ts"
import { Place, placeOf, Problem, problemOf } from "./Place.ts"
import { CredentialStatus } from "./Show.ts"

const said = (description: string) => ({ description })

const Login = Schema.Struct({
  outcome: Schema.Literals(outcomes).annotate(
    said(
      "member, removed: it was before; copy: of a login that is in the pool; blank: it has no tokens; unknown provider: nobody has defined it"
    )
  ),
  credential: Schema.NullOr(CredentialId).annotate(said("Its id in the pool; null if it never was a member")),
  provider: Schema.String,
  kind: CredentialStatus.fields.kind,
  source: Schema.String,
  path: Place.fields.path,
  slot: Place.fields.slot,
  sameAs: Schema.NullOr(CredentialId).annotate(said("Of a copy: the credential that has the login"))
})

export const Enrolled = Schema.Struct({
  path: Schema.String.annotate(said("The file")),
  home: Schema.String.annotate(said("The folder of the ledger")),
  takenFrom: Schema.NullOr(Schema.String).annotate(said("The folder of the ledger that it was bound to before")),
  logins: Schema.Array(Login),
  problems: Schema.Array(Problem)
})

export const Enrol = Schema.Union([Enrolled, acts["enrol --again"]])

export const enrolledJson = ({ before, home, logins, path, problems, takenFrom }: Shown): typeof Enrolled.Type => ({
  path,
  home,
  takenFrom: takenFrom ?? null,
  logins: logins.map((standing) => loginJson(standing, before)),
  problems: problems.map(problemOf)
})

const loginJson = (standing: Standing, before: number): typeof Login.Type => {
  const { copyOf, credential, login } = standing
  const { path, slot } = placeOf(login.store)
  return {
    outcome: outcomeOf(standing, before),
    credential: credential?.id ?? null,
    provider: login.provider,
    kind: login.kind,
    source: login.source,
    path,
    slot,
    sameAs: copyOf?.id ?? null
  }
}
