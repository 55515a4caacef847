/**
 * Writes docs/events.md anew.
 */
import { writeFileSync } from "node:fs"
import { render } from "./EventsPage.ts"

writeFileSync(new URL("../../../docs/events.md", import.meta.url), render())
