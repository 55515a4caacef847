/** Reads the ledger and answers the page: as a worker, or in the page where a browser lets none begin. */
import { answers } from "./answers/Answers.ts"
import { type Port, serve } from "./model/Serve.ts"

const { daybookPort = globalThis } = globalThis as { readonly daybookPort?: Port }
serve(daybookPort, answers)
