/** The process that refreshes, for a command that may be killed. */
import { run } from "./run.js"

await run("handover/program")
