/**
 * Writes docs/classification.md and docs/providers.md anew.
 */
import { writeFileSync } from "node:fs"
import * as ClassificationPage from "./ClassificationPage.ts"
import * as ProvidersPage from "./ProvidersPage.ts"

const docs = new URL("../../../docs/", import.meta.url)

writeFileSync(new URL("classification.md", docs), ClassificationPage.render())
writeFileSync(new URL("providers.md", docs), ProvidersPage.render())
