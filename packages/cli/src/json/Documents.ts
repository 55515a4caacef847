/**
 * The shapes of what commands answer with `--json`, by the name of the command, and of what else programs read of them.
 * `docs/schemas` is made of them: `node packages/cli/scripts/make-schemas.ts` writes it anew.
 */
import type { Schema } from "effect"
import { acts } from "./Act.ts"
import { Archive } from "./Archive.ts"
import { Audit } from "./Audit.ts"
import { Bisect } from "./Bisect.ts"
import { Bundle } from "./Bundle.ts"
import { Checkpoint } from "./Checkpoint.ts"
import { Classify } from "./Classify.ts"
import { Corpus } from "./Corpus.ts"
import { Diff } from "./Diff.ts"
import { Doctor } from "./Doctor.ts"
import { Enrol } from "./Enrol.ts"
import { Explain } from "./Explain.ts"
import { Hash } from "./Hash.ts"
import { Import } from "./Import.ts"
import { Lineage } from "./Lineage.ts"
import { LogEvent } from "./Log.ts"
import { Login, Prompt } from "./Login.ts"
import { Loops } from "./Loops.ts"
import { Observe } from "./Observe.ts"
import { Refresh } from "./Refresh.ts"
import { Repair } from "./Repair.ts"
import { Replay } from "./Replay.ts"
import { ReplayExpected } from "./ReplayExpected.ts"
import { Show } from "./Show.ts"
import { Status } from "./Status.ts"
import { Story } from "./Story.ts"
import { Verify } from "./Verify.ts"
import { Token } from "./Token.ts"
import { View } from "./View.ts"
import { WhatIf } from "./WhatIf.ts"
import { Trace } from "./Trace.ts"
import { Why } from "./Why.ts"

export const documents: Readonly<Record<string, Schema.Encoder<unknown>>> = {
  archive: Archive,
  audit: Audit,
  bisect: Bisect,
  bundle: Bundle,
  checkpoint: Checkpoint,
  classify: Classify,
  corpus: Corpus,
  diff: Diff,
  doctor: Doctor,
  enrol: Enrol,
  explain: Explain,
  hash: Hash,
  import: Import,
  lineage: Lineage,
  list: Status,
  log: LogEvent,
  login: Login,
  logout: acts.logout,
  loops: Loops,
  pause: acts.pause,
  prioritise: acts.prioritise,
  refresh: Refresh,
  relabel: acts.relabel,
  remove: acts.remove,
  repair: Repair,
  replay: Replay,
  resume: acts.resume,
  revive: acts.revive,
  show: Show,
  status: Status,
  story: Story,
  token: Token,
  trace: Trace,
  verify: Verify,
  view: View,
  "what-if": WhatIf,
  why: Why
}

/** By the name of the schema: what is of this shape, and the shape. */
export const others: Readonly<Record<string, readonly [title: string, shape: Schema.Encoder<unknown>]>> = {
  "login-prompt": ["A line of what daybook login --json says on stderr", Prompt],
  observe: ["daybook start --observe --json", Observe],
  "replay-expected": ["The file of daybook replay --write", ReplayExpected]
}
