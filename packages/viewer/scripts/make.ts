/** Builds the page anew. */
import { build } from "./Build.ts"

await build()
