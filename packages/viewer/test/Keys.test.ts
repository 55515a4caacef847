import { describe, expect, it } from "vitest"
import { actOf, keys } from "@daybook/viewer/page/Keys"
import { depthsOf } from "@daybook/viewer/page/panels/depths"
import { actOfKey } from "@daybook/viewer/timeline/Steering"

const press = (key: string, more = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more
})

describe("the table of keys", () => {
  it("names only keys of the timeline that do something there", () => {
    const ofTimeline = keys.filter(({ place }) => place === "timeline")
    expect(ofTimeline.length).toBeGreaterThan(0)
    for (const key of ofTimeline) {
      const shiftKey = "shift" in key
      for (const name of key.keys) expect(actOfKey({ key: name, shiftKey }), key.shown).toBeDefined()
    }
  })

  it("has no key twice at one place", () => {
    const all = keys.flatMap((key) => key.keys.map((name) => `${key.place} ${"shift" in key} ${name}`))
    expect(new Set(all).size).toBe(all.length)
  })

  it("leaves to the browser what is pressed with its own modifiers", () => {
    expect(actOf("everywhere", press("n"))).toBe("nextFailure")
    for (const modifier of ["altKey", "ctrlKey", "metaKey"]) {
      expect(actOf("everywhere", press("n", { [modifier]: true }))).toBeUndefined()
    }
  })

  it("takes a sign for itself, however a keyboard brings it about", () => {
    expect(actOf("everywhere", press("?", { shiftKey: true }))).toBe("help")
    expect(actOf("everywhere", press("/", { shiftKey: true }))).toBe("search")
    expect(actOf("table", press("ArrowDown", { shiftKey: true }))).toBeUndefined()
  })
})

describe("a family of tokens", () => {
  it("goes straight down, and a further branch stands one step in", () => {
    const members = [
      { name: "a", parent: undefined },
      { name: "b", parent: "a" },
      { name: "c", parent: "b" },
      { name: "d", parent: "a" },
      { name: "e", parent: "d" },
      { name: "f", parent: "lost" }
    ]
    expect(depthsOf(members)).toEqual([0, 0, 0, 1, 1, 0])
  })
})
