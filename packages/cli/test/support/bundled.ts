/** Before all tests: the command that they start is bundled. */
import { isCurrent } from "../../bin/run.js"
import { make } from "../../scripts/Bundle.ts"

export const setup = async (): Promise<void> => {
  if (!isCurrent()) await make()
}
