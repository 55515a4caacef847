/** Events as `log --json` has them: a JSON object on a line each. */
import { eventJson } from "../render/EventJson.ts"
import type { NewFormat } from "./Format.ts"

export const jsonLines: NewFormat = () => ({
  begin: "",
  event: (event) => `${JSON.stringify(eventJson(event))}\n`,
  end: () => ""
})
