/** One of the tour's processes. */
import { run } from "./run.js"

await run("tour/worker")
