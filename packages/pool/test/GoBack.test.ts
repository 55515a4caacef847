import { isBeyondUse, isLeft } from "@daybook/pool/decisions/GoBack"
import { assert, describe, it } from "@effect/vitest"
import {
  adopted,
  failed,
  generation,
  grantAfter,
  lost,
  observed,
  refusedByApi,
  start,
  started,
  type Step,
  succeeded
} from "./support.ts"

const minute = 60_000
const ours = generation(1)
const newcomer = { ...generation(2), expiresAt: start + 60 * minute }
const quietAfter = start + minute
const displaced: ReadonlyArray<Step> = [observed(ours), adopted(ours, newcomer)]
const doubtful: ReadonlyArray<Step> = [...displaced, started(newcomer), lost(newcomer, quietAfter)]

const beyondUse = (now: number, ...steps: ReadonlyArray<Step>) => isBeyondUse(grantAfter(...steps), now)

describe("a pair is beyond use", () => {
  it("if its answer was lost and its access token is over", () => {
    assert.isFalse(beyondUse(start + 60 * minute - 1, ...doubtful))
    assert.isTrue(beyondUse(start + 60 * minute, ...doubtful))
  })

  it("if its answer was lost and its access token was refused, and no request can arrive any more", () => {
    assert.isFalse(beyondUse(quietAfter - 1, ...doubtful, refusedByApi(newcomer)))
    assert.isTrue(beyondUse(quietAfter, ...doubtful, refusedByApi(newcomer)))
  })

  it("and not if nobody doubts it", () => {
    assert.isFalse(beyondUse(start + 90 * minute, ...displaced))
  })

  it("and not while it is sent again, nor before that failure is classified", () => {
    const now = start + 90 * minute
    assert.isFalse(beyondUse(now, ...doubtful, started(newcomer, 2)))
    assert.isFalse(beyondUse(now, ...doubtful, started(newcomer, 2), failed(newcomer, { status: 400 }, 2)))
  })

  it("and not if nobody knows when its access token ends", () => {
    const { expiresAt: _, ...undated } = newcomer
    const steps = [observed(ours), adopted(ours, undated), started(undated), lost(undated, quietAfter)]
    assert.isFalse(beyondUse(start + 90 * minute, ...steps))
  })
})

describe("a pair was left", () => {
  it("if the grant went back from it to an older one, and ever after", () => {
    const back = [...doubtful, adopted(newcomer, ours)]
    assert.isTrue(isLeft(grantAfter(...back), newcomer))
    assert.isTrue(isLeft(grantAfter(...back, started(ours, 2), succeeded(ours, generation(3), 2)), newcomer))
  })

  it("and not if another one followed it, nor if it counts", () => {
    assert.isFalse(isLeft(grantAfter(...displaced), ours))
    assert.isFalse(isLeft(grantAfter(...displaced), newcomer))
    assert.isFalse(isLeft(grantAfter(...displaced, adopted(newcomer, ours)), ours))
  })
})
