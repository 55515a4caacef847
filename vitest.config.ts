import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    isolate: false, // one worker imports effect once
    maxWorkers: Math.max(2, availableParallelism() - 1), // many tests wait for processes and clocks
    testTimeout: 20_000 // on a busy machine
  }
})
