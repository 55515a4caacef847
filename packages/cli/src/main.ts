/** The program of the command `daybook`. What is in this file runs in no other program of ours. */
import { run } from "./CommandLine.ts"

process.stdout.on("error", ({ code = "for an unknown reason" }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") process.exit() // a reader that has seen enough, such as head
  console.error(`Standard output cannot be written (${code}). Free space where it goes, or send it elsewhere.`)
  process.exit(1)
})

run(process.argv.slice(2))
