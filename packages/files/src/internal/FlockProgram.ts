/**
 * util-linux `flock(1)` locking a descriptor of ours. The program inherits it as descriptor 3, and the lock it takes
 * belongs to the open file description that both share: when the program exits, the lock stays with us.
 */
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { LockError, LockUnsupported } from "../LockError.ts"
import * as LockFile from "./LockFile.ts"
import type * as Wait from "./Wait.ts"

/** True when locked, false when the time is over. An interruption ends the program before it returns. */
export const lock = (path: string, fd: number, deadline: Wait.Deadline): Effect.Effect<boolean, LockError> =>
  Effect.callback<boolean, LockError>((resume) => {
    const child = start(fd, deadline)
    let complaint = ""
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk))
    child.once("error", (cause) => resume(Effect.fail(failedToStart(path, cause))))
    child.once("close", (code, signal) => resume(outcome(path, code ?? signal, complaint)))
    return kill(child)
  })

const start = (fd: number, deadline: Wait.Deadline): ChildProcess =>
  spawn("flock", ["-x", ...limit(deadline.remaining()), "3"], { stdio: ["ignore", "ignore", "pipe", fd] })

/** `flock -w` refuses zero in old versions and knows no infinity. */
const limit = (millis: number): ReadonlyArray<string> =>
  Number.isFinite(millis) ? ["-w", (Math.max(1, millis) / 1000).toFixed(3)] : []

const failedToStart = (path: string, cause: Error): LockError =>
  "code" in cause && cause.code === "ENOENT" ? missing(path) : LockFile.unavailable(path)(cause)

/**
 * Exit status 1 without a word is a timeout; BusyBox, whose `flock` has no `-w`, uses the same status with a usage
 * text.
 */
const outcome = (
  path: string,
  status: number | NodeJS.Signals | null,
  complaint: string
): Effect.Effect<boolean, LockError> => {
  if (status === 0) return Effect.succeed(true)
  if (status !== 1)
    return Effect.fail(LockFile.unavailable(path)({ code: `flock ended with ${status} ${complaint.trim()}` }))
  return complaint === "" ? Effect.succeed(false) : Effect.fail(missing(path))
}

const missing = (path: string): LockError =>
  new LockError({
    path,
    reason: new LockUnsupported({ platform: process.platform, missing: "the program flock of the package util-linux" })
  })

/** Waits for the end: as long as the program lives it shares our descriptor, and could still lock it. */
const kill = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
