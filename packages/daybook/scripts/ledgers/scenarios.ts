/** The stories, in the order of their page. */
import type { Scenario } from "./Scenario.ts"
import { fourPrograms } from "./scenarios/fourPrograms.ts"
import { killedInMidRefresh } from "./scenarios/killedInMidRefresh.ts"
import { nestedReuse } from "./scenarios/nestedReuse.ts"
import { quiet } from "./scenarios/quiet.ts"
import { tokenInvalidatedHourly } from "./scenarios/tokenInvalidatedHourly.ts"

export const scenarios: ReadonlyArray<Scenario> = [
  tokenInvalidatedHourly,
  nestedReuse,
  killedInMidRefresh,
  fourPrograms,
  quiet
]
