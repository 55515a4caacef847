import { assert, it } from "@effect/vitest"
import { defaultProviders } from "daybook"
import { knownIds } from "../src/ProviderId.ts"

it("an editor offers every provider that Daybook knows, and no other", () =>
  assert.deepStrictEqual(
    [...knownIds],
    defaultProviders.map(({ id }) => id)
  ))
