import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** The long ones, the longest first. Vitest knows no more of a file than its size, until it has run it. */
const long = [
  "daybook/test/rotations",
  "cli/test/LoginCommand",
  "refresher/test/Simulation",
  "cli/test/OperatorCommands",
  "daybook/test/kills",
  "daybook/test/docs",
  "cli/test/LedgerCommands",
  "cli/test/Commands",
  "ledger/test/CrashStates",
  "cli/test/ViewerPage",
  "ledger/test/Chaos",
  "vault/test/HermesPeer",
  "daybook/test/load",
  "daybook/test/memory",
  "ledger/test/Fuzz",
  "viewer/test/Pieces",
  "cli/test/PageAnswers",
  "cli/test/ImportCommand",
  "cli/test/LostLogins",
  "cli/test/Tour",
  "cli/test/WrongInput",
  "refresher/test/LogIn",
  "cli/test/Otlp",
  "cli/test/DetachedRefresh",
  "cli/test/TokenFormats",
  "cli/test/ExecCommand",
  "cli/test/ClassifyEvent",
  "daybook/test/besideHermes",
  "cli/test/LogoutCommand",
  "daybook/test/examples",
  "ledger/test/BitFlips",
  "refresher/test/RandomHistories"
]

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = long.findIndex((name) => moduleId.endsWith(`packages/${name}.test.ts`))
  return place < 0 ? long.length : place
}

/** Nobody is left alone with a long file at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's own
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    globalSetup: "packages/cli/test/support/bundled.ts",
    isolate: false, // one worker imports effect once
    maxWorkers: availableParallelism() + 1, // many tests wait for processes, disks and clocks
    sequence: { sequencer: LongestFirst },
    // Half of a process's start is compiling; that is done once for all of them.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url)) },
    // On a busy machine. What prepares a file's tests starts the same processes and browsers as they do.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } }
  }
})
