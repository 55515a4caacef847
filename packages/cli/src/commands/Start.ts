/** `daybook start`: the tour, or with --observe a look at real files. */
import { expand } from "daybook/Home"
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import { root, settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  observe: Flag.Boolean("observe").pipe(
    Flag.withDescription("Look at real stores in place of the tour; sends nothing, writes nothing"),
    Flag.withDefault(false)
  ),
  path: Argument.String("path").pipe(
    Argument.withDescription("With --observe: a hermes auth.json; default the one of this user"),
    Argument.optional
  ),
  seconds: Flag.Int("seconds").pipe(
    Flag.withDescription("How long the workers of the tour work at least"),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3600 }))),
    Flag.withDefault(10)
  ),
  keep: Flag.Boolean("keep").pipe(
    Flag.withDescription("Leave the tour's sandbox running afterwards, until Ctrl-C"),
    Flag.withDefault(false)
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("Port of the tour's sandbox on 127.0.0.1; 0 is a free one"),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))),
    Flag.withDefault(0)
  )
}

export const start = Command.make(
  "start",
  flags,
  Effect.fnUntraced(function* ({ keep, observe, path, port, seconds }) {
    const told = yield* settings
    if (observe) return yield* look(told, path)
    if (Option.isSome(path)) return yield* pathWithoutObserve(path.value)
    if (Option.isSome((yield* root).home)) return yield* homeWithoutObserve
    // Only the tour needs a sandbox; loading it would slow down every other command.
    const { tour } = yield* Effect.promise(() => import("../tour/Tour.ts"))
    yield* tour({ keep, port, seconds, paint: told.paint })
  })
).pipe(
  Command.withDescription(
    "A tour in a temporary folder: four processes, one pool, a sandbox as the provider. With --observe, a look at the real stores"
  )
)

const look = Effect.fnUntraced(function* (told: Settings, path: Option.Option<string>) {
  const { observe } = yield* Effect.promise(() => import("../Observe.ts"))
  yield* observe(told, Option.getOrUndefined(Option.map(path, expand)) ?? told.vault)
})

const pathWithoutObserve = (path: string) =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `The tour takes no path. To look at ${path}, run \`daybook start --observe ${path}\`.`
  })

const homeWithoutObserve = new Stop({
  exitCode: exitCodes.usage,
  message: "The tour works in a temporary folder of its own and takes no --home. Run `daybook start` without it."
})
