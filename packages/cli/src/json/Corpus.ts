/** What `corpus --json` answers: how many recorded answers get the verdict they must, and which do not. */
import { Schema } from "effect"
import type { CheckedFile } from "../CheckCorpus.ts"

const said = (description: string) => ({ description })
const line = Schema.Natural.annotate(said("Of the file, counted from 1"))

const Mismatch = Schema.Struct({
  field: Schema.Literals(["verdict", "reason", "confirm", "until", "scope", "successor"]),
  expected: Schema.NullOr(Schema.String).annotate(said("What stands in the line; null: none")),
  got: Schema.NullOr(Schema.String).annotate(said("What came out; null: none"))
})

const Wrong = Schema.Struct({
  line,
  id: Schema.String,
  provider: Schema.String,
  surface: Schema.Literals(["token", "api"]).annotate(said("What answered: the token endpoint, or the model API")),
  rule: Schema.NullOr(Schema.String).annotate(said("The rule that matched; null if it was taken as a success")),
  mismatches: Schema.Array(Mismatch)
})

export const Corpus = Schema.Struct({
  classifier: Schema.Natural.annotate(said("Version of the rules")),
  files: Schema.Array(
    Schema.Struct({
      path: Schema.String,
      rows: Schema.Natural.annotate(said("Lines that are a recorded answer")),
      right: Schema.Natural,
      wrong: Schema.Array(Wrong),
      unusable: Schema.Array(Schema.Struct({ line, why: Schema.String })).annotate(said("Lines that are none"))
    })
  )
})

export const corpusJson = (files: ReadonlyArray<CheckedFile>, classifier: number): typeof Corpus.Type => ({
  classifier,
  files: files.map(({ path, rows, unusable, wrong }) => ({
    path,
    rows,
    right: rows - wrong.length,
    wrong: wrong.map(wrongJson),
    unusable
  }))
})

const wrongJson = ({ line, mismatches, row, rule }: CheckedFile["wrong"][number]): typeof Wrong.Type => ({
  line,
  id: row.id,
  provider: row.provider,
  surface: row.surface,
  rule: rule ?? null,
  mismatches: mismatches.map(({ expected, field, got }) => ({ field, expected: expected ?? null, got: got ?? null }))
})
