/**
 * The Python program beside our workers, as a value.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { createInterface } from "node:readline"
import type { World } from "./World.ts"

/** What it did, as it says itself. */
export interface Done {
  /** Of the file. */
  readonly writes: number
  /** Rotations by its own requests. */
  readonly refreshed: number
  /** Pairs that it found in the file and went on with. */
  readonly adopted: number
  /** How often it did not get the lock in hermes' time for it. */
  readonly busy: number
  /** Answers to its requests that were no success. */
  readonly refused: ReadonlyArray<unknown>
  /** What it had written, and then did not find in the file any more. */
  readonly lost: ReadonlyArray<unknown>
  /** Its own field's count, under an empty name, and each row's, as it wrote them last. */
  readonly counts: Readonly<Record<string, number>>
  /** The access token that it would use now. */
  readonly token: string
}

const program = fileURLToPath(new URL("hermes.py", import.meta.url))

/** Begins; the answer ends it, and tells what it did. */
export const start = async ({ sandbox, vault }: World): Promise<() => Promise<Done>> => {
  const child = spawn("python3", [program, vault, `${sandbox.origin}/oauth/token`], {
    stdio: ["pipe", "pipe", "inherit"]
  })
  const exited = once(child, "exit")
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return async () => {
    child.stdin.end()
    const { value } = await lines.next()
    await exited
    return JSON.parse(value as string) as Done
  }
}
