/**
 * Named points at which the token endpoint stops and waits, so that a test can kill the client exactly there.
 *
 * `beforeReading`: the request has arrived, nothing is decided or committed. `afterCommit`: the rotation is committed,
 * nothing is answered. `afterHeaders`: status and headers are flushed, the body is not. `midBody`: half of the body is
 * flushed.
 */
import { Effect, Option, Schema } from "effect"
import * as Watched from "./internal/Watched.ts"
import { SandboxError, UnknownHold } from "./SandboxError.ts"
import { randomId } from "./Tokens.ts"

export const HoldPoint = Schema.Literals(["beforeReading", "afterCommit", "afterHeaders", "midBody"])
export type HoldPoint = typeof HoldPoint.Type

/** A request that reached a hold; `post` is its number in the journal. */
export const Parked = Schema.Struct({
  post: Schema.Int,
  point: HoldPoint,
  grant: Schema.NullOr(Schema.String),
  client: Schema.NullOr(Schema.String)
})
export type Parked = typeof Parked.Type

interface Hold {
  readonly id: string
  readonly point: HoldPoint
  readonly grant: string | null
  /** How many requests it stops; later ones pass. */
  readonly count: number
  readonly arrived: ReadonlyArray<Parked>
  readonly released: boolean
}

type Holds = ReadonlyArray<Hold>

const stops = (hold: Hold, visitor: Parked) =>
  !hold.released &&
  hold.point === visitor.point &&
  hold.arrived.length < hold.count &&
  (hold.grant === null || hold.grant === visitor.grant)

const replace = (holds: Holds, hold: Hold): Holds => holds.map((other) => (other.id === hold.id ? hold : other))

const arrive = (holds: Holds, visitor: Parked): readonly [Hold | null, Holds] => {
  const hold = holds.find((candidate) => stops(candidate, visitor))
  if (hold === undefined) return [null, holds]
  return [hold, replace(holds, { ...hold, arrived: [...hold.arrived, visitor] })]
}

export interface HoldPoints {
  readonly arm: (point: HoldPoint, grant: string | null, count: number) => string
  /** Waits until `count` requests have reached the hold, or it is released; answers all that have. */
  readonly parked: (id: string, count: number) => Effect.Effect<ReadonlyArray<Parked>, SandboxError>
  /** Lets the parked requests go on; the hold stops no more. */
  readonly release: (id: string) => Effect.Effect<void, SandboxError>
  /** Called by the server at each point; answers at once, with `false`, where no hold is armed. */
  readonly pass: (visitor: Parked) => Effect.Effect<boolean>
}

export const make = (): HoldPoints => {
  const holds = Watched.make<Holds>([])

  const find = (id: string): Effect.Effect<Hold, SandboxError> =>
    Effect.suspend(() => {
      const hold = holds.get().find((hold) => hold.id === id)
      return hold === undefined
        ? Effect.fail(new SandboxError({ reason: new UnknownHold({ hold: id }) }))
        : Effect.succeed(hold)
    })

  const until = (id: string, done: (hold: Hold) => boolean) =>
    holds.until((all) => Option.fromNullishOr(all.find((hold) => hold.id === id && done(hold))))

  return {
    arm: (point, grant, count) => {
      const id = randomId("hold")
      holds.update((all) => [...all, { id, point, grant, count, arrived: [], released: false }])
      return id
    },
    parked: (id, count) =>
      find(id).pipe(
        Effect.andThen(until(id, (hold) => hold.released || hold.arrived.length >= count)),
        Effect.map((hold) => hold.arrived)
      ),
    release: (id) =>
      find(id).pipe(Effect.map((hold) => holds.update((all) => replace(all, { ...hold, released: true })))),
    pass: (visitor) =>
      Effect.suspend(() => {
        const hold = holds.modify((all) => arrive(all, visitor))
        return hold === null
          ? Effect.succeed(false)
          : Effect.as(
              until(hold.id, (hold) => hold.released),
              true
            )
      })
  }
}
