import { describe, expect, it } from "vitest"
import { type Address, nowhere, presets, readAddress, tabs, writeAddress } from "@daybook/viewer/page/Address"
import { allFrom, mostRows, only, partAround } from "@daybook/viewer/page/table/Numbers"
import { noFilter, readFilter, resolved, writeFilter } from "@daybook/viewer/page/Filters"
import { draws } from "./support/Draws.ts"
import { lane } from "./timeline/pieces.ts"

const seen = (address: Partial<Address>): Address => ({ ...nowhere, ...address })

describe("an address", () => {
  it("is empty for the newest event of the whole ledger", () => {
    expect(writeAddress(nowhere)).toBe("")
    expect(readAddress("")).toEqual({ address: nowhere })
  })

  it("is read as it was written, whatever stands in it", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const address = addressFrom(draws(seed))
      expect(readAddress(`#${writeAddress(address)}`)).toEqual({ address })
    }
  })

  it("has the names that people see in it", () => {
    const address = seen({
      cursor: { seq: 7, now: 1_000 },
      view: { from: 0, to: 5 },
      selected: { credential: "main" },
      filter: { ...noFilter, text: "fp_x", types: ["RefreshFailed"] }
    })
    expect(writeAddress(address)).toBe("at=7&now=1000&from=0&to=5&credential=main&text=fp_x&type=RefreshFailed")
  })

  it("leaves aside a word that nobody knows", () => {
    expect(readAddress("#at=7&now=1000&colour=red")).toEqual({ address: seen({ cursor: { seq: 7, now: 1_000 } }) })
  })

  it("needs no instant beside the number of an event", () => {
    const moment = { seq: 7, now: undefined }
    expect(readAddress("#at=7&pin=7")).toEqual({ address: seen({ cursor: moment, pin: moment }) })
    expect(writeAddress(seen({ cursor: moment }))).toBe("at=7")
  })

  it.each([
    ["at=x&now=1", "at=x"],
    ["at=0&now=1", "at=0"],
    ["at=7&now=1e99", "now=1e99"],
    ["at=7&now=", "now="],
    ["now=1", "now=1"],
    ["pin=-1&pinNow=1", "pin=-1"],
    ["from=5&to=5", "from=5"],
    ["from=NaN&to=5", "from=NaN"],
    ["event=1.5", "event=1.5"],
    ["tab=secrets", "tab=secrets"],
    ["policy=mine", "policy=mine"]
  ])("that says %s is wrong, and says where", (hash, wrong) => {
    expect(readAddress(`#${hash}`)).toEqual({ wrong })
  })
})

describe("a filter", () => {
  it("is written and read as the same", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const { filter } = addressFrom(draws(seed))
      const once = readFilter(writeFilter(filter))
      expect(once).toEqual({ ...filter, text: filter.text.split(/\s+/u).filter(Boolean).join(" ") })
    }
  })

  it("keeps the field that stands before a word", () => {
    expect(readFilter('type:RefreshFailed fp_abc Actor:"my agent" invalid_grant verdict:Revoked')).toEqual({
      text: "fp_abc invalid_grant",
      types: ["RefreshFailed"],
      actors: ["my agent"],
      credentials: [],
      verdicts: ["Revoked"]
    })
  })

  it("takes a field with nothing behind it for a word", () => {
    expect(readFilter("type: other:x")).toEqual({ ...noFilter, text: "type: other:x" })
  })

  it("finds the names of the ledger in any letter case, and by label", () => {
    const legend = {
      lanes: [lane("id-1", "openai-codex", "Main")],
      actors: [
        { id: "a-1", name: "agent[1]" },
        { id: "a-2", name: "agent[1]" }
      ],
      types: ["RefreshFailed"]
    }
    const filter = readFilter("type:refreshfailed credential:main actor:agent[1] actor:nobody")
    expect(resolved(filter, legend)).toEqual({
      ...noFilter,
      types: ["RefreshFailed"],
      credentials: ["id-1"],
      actors: ["a-1", "a-2", "nobody"]
    })
  })
})

describe("the rows of the table", () => {
  it("go from the first event to the last", () => {
    const numbers = allFrom(5, 9)
    expect(Array.from({ length: numbers.count }, (_, place) => numbers.seqAt(place))).toEqual([5, 6, 7, 8, 9])
    expect([1, 5, 7, 9, 20].map(numbers.placeOf)).toEqual([0, 0, 2, 4, 4])
  })

  it("bring a cursor between two matches to the earlier one", () => {
    const numbers = only(Float64Array.of(3, 8, 21))
    expect([1, 3, 7, 8, 20, 21, 99].map(numbers.placeOf)).toEqual([0, 0, 0, 1, 1, 2, 2])
  })

  it("are as many as a browser can draw, with the chosen one among them", () => {
    for (const count of [1, mostRows, mostRows + 1, 1_000_016, 9_999_999]) {
      for (const place of [0, Math.floor(count / 3), Math.floor(count / 2), count - 1]) {
        const part = partAround(count, place)
        expect(part.count).toBe(Math.min(count, mostRows))
        expect(part.base).toBeLessThanOrEqual(place)
        expect(part.base + part.count).toBeGreaterThan(place)
        expect(part.base + part.count).toBeLessThanOrEqual(count)
      }
    }
  })
})

/** Any page, with texts that are apt to break an address or a filter. */
const addressFrom = (draw: ReturnType<typeof draws>): Address => {
  const cursor = () => ({ seq: 1 + draw.below(2 ** 40), now: draw.below(4e12) / 4 })
  const text = () => draw.text(['"', "\\", "type:", " ", "&", "=", "#", "%", "+", "\u202e", "ä", "😀", "a", "\n", ":"])
  const value = () => `x${text()}`
  const values = () => Array.from({ length: draw.below(3) }, value)
  const from = draw.below(1e12)
  return {
    cursor: draw.maybe(cursor),
    pin: draw.maybe(cursor),
    view: draw.maybe(() => ({ from, to: from + 1 + draw.below(1e9) / 8 })),
    selected: draw.maybe(() => (draw.below(2) === 0 ? { seq: 1 + draw.below(1e6) } : { credential: value() })),
    filter: { text: text(), types: values(), actors: values(), credentials: values(), verdicts: values() },
    tab: draw.one(tabs),
    policy: draw.maybe(() => draw.one(presets))
  }
}
