/** What `doctor --json` answers: what was looked at, and what is wrong with it. */
import { Schema } from "effect"

const said = (description: string) => ({ description })

const Finding = Schema.Struct({
  level: Schema.Literals(["fine", "note", "problem"]).annotate(said("note: worth knowing, nothing is broken")),
  about: Schema.String.annotate(said("The thing: a path, a program, a credential")),
  says: Schema.String,
  next: Schema.optionalKey(Schema.String.annotate(said("What a person does about it; absent of what is fine")))
})

export const Doctor = Schema.Struct({
  home: Schema.String.annotate(said("The folder of the ledger")),
  findings: Schema.Array(Finding)
})
