/**
 * The environment of a program that a test starts: a home of its own, and nothing of ours.
 */
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { World } from "./World.ts"

/** Half of a program's start is compiling; that is done once for all of them. */
const compiled = join(tmpdir(), "daybook-compiled")

export const environmentOf = ({ folder, home }: Pick<World, "folder" | "home">): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  DAYBOOK_HOME: home,
  NODE_COMPILE_CACHE: compiled
})
