/** What memory a process holds after it did one thing so many times. */
import type { PoolOptions } from "daybook"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { environmentOf } from "./Environment.ts"
import { patient, type World } from "./World.ts"

/** Asking for a token, or sending a request to the sandbox's model API and reading its answer. */
export type Deed = "getToken" | "fetch"

export interface MemorySettings extends Pick<PoolOptions, "home" | "vault" | "policy"> {
  readonly origin: string
  readonly deed: Deed
  /** After how many times it is measured, the fewest first. */
  readonly marks: ReadonlyArray<number>
}

/** In bytes. */
export interface Held {
  readonly resident: number
  /** What is reachable of V8's heap. */
  readonly heap: number
}

/** One for each of `marks`. */
export const heldAfter = async (
  { folder, home, sandbox, vault }: World,
  deed: Deed,
  marks: ReadonlyArray<number>
): Promise<ReadonlyArray<Held>> => {
  const settings: MemorySettings = { home, vault, policy: patient, origin: sandbox.origin, deed, marks }
  const { stdout } = await promisify(execFile)(process.execPath, [...flags[deed], program, JSON.stringify(settings)], {
    env: environmentOf({ folder, home })
  })
  return JSON.parse(stdout) as ReadonlyArray<Held>
}

/** What a request allocates makes V8's nursery grow, although nothing of it stays; a small one is full from the start. */
const flags: { readonly [Name in Deed]: ReadonlyArray<string> } = {
  getToken: ["--expose-gc"],
  fetch: ["--expose-gc", "--max-semi-space-size=1"]
}

const program = fileURLToPath(new URL("memoryProgram.ts", import.meta.url))
