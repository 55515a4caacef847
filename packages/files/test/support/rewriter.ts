/** The program of another process: `rewriter.ts <path> <content>` replaces a file, and prints the error if it cannot. */
import * as AtomicFile from "@daybook/files/AtomicFile"
import { Effect } from "effect"

const [path = "", content = ""] = process.argv.slice(2)

await Effect.runPromise(Effect.catch(AtomicFile.write(path, content), (error) => Effect.logError(error.message)))
