/** Watching that does not end: when the system gives a watcher up, a new one follows, and a change is assumed between. */
import * as ChokidarBackend from "@daybook/files/ChokidarBackend"
import { Effect, Stream } from "effect"

export const changes = (path: string): Stream.Stream<void> =>
  ChokidarBackend.changes(path).pipe(
    Stream.catch(() =>
      Stream.concat(
        Stream.fromEffect(Effect.sleep("5 seconds")),
        Stream.suspend(() => changes(path))
      )
    )
  )
