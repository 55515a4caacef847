/**
 * Makes bundle/ anew, unless it is what the sources say.
 */
import { isCurrent } from "../bin/run.js"
import { make } from "./Bundle.ts"

if (!isCurrent()) await make()
