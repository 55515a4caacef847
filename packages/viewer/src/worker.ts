/** Reads the ledger and answers the page. */
import type { ToWorker } from "./Questions.ts"

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => void data)
