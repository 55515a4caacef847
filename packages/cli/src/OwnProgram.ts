/** The programs that processes of ours start for themselves. `bin/` lies beside the sources as it lies beside the bundle. */
import { fileURLToPath } from "node:url"

/** The path to start it by. */
export const ownProgram = (name: "refresh" | "tour-worker"): string =>
  fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url))
