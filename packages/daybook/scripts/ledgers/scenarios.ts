/** The stories, in the order of their page: first the reports that Daybook was begun for, then other complaints. */
import type { Scenario } from "./Scenario.ts"
import { answersThatNeverCame } from "./scenarios/answersThatNeverCame.ts"
import { badAfternoon } from "./scenarios/badAfternoon.ts"
import { deadPairRestored } from "./scenarios/deadPairRestored.ts"
import { everySubAgentRefreshes } from "./scenarios/everySubAgentRefreshes.ts"
import { fourPrograms } from "./scenarios/fourPrograms.ts"
import { killedAgainAndAgain } from "./scenarios/killedAgainAndAgain.ts"
import { killedInMidRefresh } from "./scenarios/killedInMidRefresh.ts"
import { leftAlone } from "./scenarios/leftAlone.ts"
import { nestedReuse } from "./scenarios/nestedReuse.ts"
import { healedFromTheCli } from "./scenarios/healedFromTheCli.ts"
import { newLogin } from "./scenarios/newLogin.ts"
import { notInThePlan } from "./scenarios/notInThePlan.ts"
import { quiet } from "./scenarios/quiet.ts"
import { quotaForFifteenDays } from "./scenarios/quotaForFifteenDays.ts"
import { refusedAfterEveryRefresh } from "./scenarios/refusedAfterEveryRefresh.ts"
import { revivedEveryHour } from "./scenarios/revivedEveryHour.ts"
import { sessionOf61Hours } from "./scenarios/sessionOf61Hours.ts"
import { syncPutsOldTokensBack } from "./scenarios/syncPutsOldTokensBack.ts"
import { tokenInvalidatedHourly } from "./scenarios/tokenInvalidatedHourly.ts"
import { twoLoginsInOneFile } from "./scenarios/twoLoginsInOneFile.ts"
import { unknownRefusals } from "./scenarios/unknownRefusals.ts"
import { winnerOutside } from "./scenarios/winnerOutside.ts"
import { wrongClient } from "./scenarios/wrongClient.ts"

export const scenarios: ReadonlyArray<Scenario> = [
  tokenInvalidatedHourly,
  deadPairRestored,
  newLogin,
  healedFromTheCli,
  nestedReuse,
  badAfternoon,
  answersThatNeverCame,
  winnerOutside,
  killedInMidRefresh,
  killedAgainAndAgain,
  sessionOf61Hours,
  leftAlone,
  quotaForFifteenDays,
  notInThePlan,
  wrongClient,
  unknownRefusals,
  revivedEveryHour,
  refusedAfterEveryRefresh,
  everySubAgentRefreshes,
  syncPutsOldTokensBack,
  twoLoginsInOneFile,
  fourPrograms,
  quiet
]
