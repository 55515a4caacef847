/** Runs a command as if it stood in our place: its input and output are ours, signals reach it, its exit code is ours. */
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { constants } from "node:os"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

export const runInPlace = (
  program: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
): Effect.Effect<never, Stop> =>
  Effect.callback<never, Stop>((resume) => {
    const child = started(program, args, env)
    if (child instanceof Stop) return resume(Effect.fail(child))
    for (const signal of forwarded) process.on(signal, () => passOn(child, signal))
    child.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(notRun(program, error))))
    child.once("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  }).pipe(Effect.uninterruptible)

/** Some failures are thrown and others come as an event. */
const started = (program: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv): ChildProcess | Stop => {
  try {
    return spawn(program, args, { env, stdio: "inherit" })
  } catch (error) {
    return notRun(program, error as NodeJS.ErrnoException)
  }
}

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** A terminal sends its own to both of us, and many commands take a second one for impatience. */
const passOn = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (signal !== "SIGINT" || !isAtTerminal()) child.kill(signal)
}

/** In a pipeline some of the three are something else. */
const isAtTerminal = (): boolean => [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)

/** Why a program could not be started, in words. */
export const notRun = (program: string, { code, message }: NodeJS.ErrnoException): Stop => {
  if (code === "ENOENT") {
    return new Stop({
      exitCode: exitCodes.commandNotFound,
      message: `There is no command ${program}. Give its path, or look at PATH.`
    })
  }
  return new Stop({
    exitCode: exitCodes.commandNotRun,
    message:
      code === "EACCES"
        ? `${program} may not be executed. Make it executable (chmod +x), or name the program that runs it.`
        : `${program} could not be run: ${message}.`
  })
}
