/** The program of the command `daybook`. What is in this file runs in no other program of ours. */
import { run } from "./CommandLine.ts"

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error
  process.exit() // a reader that has seen enough, such as head
})

run(process.argv.slice(2))
