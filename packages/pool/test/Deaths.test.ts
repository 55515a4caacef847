import { isNews, noDeaths, withEvent } from "@daybook/pool/queries/Deaths"
import { assert, describe, it } from "@effect/vitest"
import { generation, lifted, otherGrantId, quarantined, recorded, type Step, succeeded } from "./support.ts"

/** Which of the events are news of a death, by their place. */
const news = (...steps: ReadonlyArray<Step>): ReadonlyArray<number> => {
  let deaths = noDeaths
  return recorded(steps).flatMap((event) => {
    const told = isNews(deaths, event) ? [event.seq] : []
    deaths = withEvent(deaths, event)
    return told
  })
}

const twin = (step: Step): Step => ({ ...step, data: { ...step.data, grant: otherGrantId } }) as Step

describe("a death", () => {
  it("is news once, though two events tell of it", () => {
    assert.deepStrictEqual(news(quarantined(generation(1)), quarantined(generation(1))), [1])
  })

  it("is one death for twins that share a refresh token in two grants", () => {
    assert.deepStrictEqual(news(quarantined(generation(1)), twin(quarantined(generation(1)))), [1])
  })

  it("is one death when the token endpoint says of the refresh token what the API said of the access token", () => {
    assert.deepStrictEqual(news(quarantined(generation(1), "access"), quarantined(generation(1), "refresh")), [1])
  })

  it("of the next generation is another", () => {
    const next = succeeded(generation(1), generation(2))
    assert.deepStrictEqual(news(quarantined(generation(1)), next, quarantined(generation(2))), [1, 3])
  })

  it("is news again after an operator revived the login", () => {
    const again = quarantined(generation(1))
    assert.deepStrictEqual(news(again, lifted(generation(1)), again, again), [1, 3])
  })

  it("is not undone by what was lifted elsewhere", () => {
    assert.deepStrictEqual(news(quarantined(generation(1)), lifted(generation(2)), quarantined(generation(1))), [1])
  })

  it("of keys is told apart by their access tokens", () => {
    const key = (n: number) => ({ access: generation(n).access! })
    assert.deepStrictEqual(news(quarantined(key(1), "access"), quarantined(key(2), "access")), [1, 2])
  })
})
