/** Writes docs/schemas anew: a JSON Schema for what each command answers with `--json`, and for each file it reads again. */
import { writeFileSync } from "node:fs"
import { schemas } from "./Schemas.ts"

const folder = new URL("../../../docs/schemas/", import.meta.url)

for (const [name, text] of schemas()) writeFileSync(new URL(`${name}.schema.json`, folder), text)
