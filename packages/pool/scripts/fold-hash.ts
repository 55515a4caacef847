/**
 * Writes src/FoldHash.ts anew.
 */
import { writeFileSync } from "node:fs"
import { output, render } from "./FoldSources.ts"

writeFileSync(output, render())
