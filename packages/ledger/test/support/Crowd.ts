/** Writer processes that are killed and replaced, and what they were told before. */
import { Effect, type Scope } from "effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { acknowledgedIn, prepareWriter, startWriter, type Writer } from "./Processes.ts"

export interface Crowd {
  /** Makes writers ready to take the place of others; a number of them begin to work at once. */
  readonly reinforce: (count: number) => Effect.Effect<void, never, Scope.Scope>
  /** Kills one, lets the next begin in its place, and answers when it was, in milliseconds. */
  readonly killOne: Effect.Effect<number>
  /** Whether anybody is left. */
  readonly isAtWork: () => boolean
  /** Ids of the events that were acknowledged to any of them, up to now. */
  readonly acknowledged: () => ReadonlyArray<string>
}

/** Short, so that many are sealed. */
const segmentBytes = 256 * 1024

/** `size` writers at a time work on the ledger in a folder. They note what was acknowledged in its subfolder `notes`. */
export const gather = Effect.fnUntraced(function* (
  folder: string,
  size: number
): Effect.fn.Return<Crowd, never, Scope.Scope> {
  const notes: Array<string> = []
  const newNotes = () => join(folder, "notes", `${notes.length}`)
  const atWork: Array<Writer> = []
  const ready: Array<Writer> = []

  mkdirSync(join(folder, "notes"))
  yield* compileModules(folder)

  const prepareOne = Effect.suspend(() => {
    const path = newNotes()
    notes.push(path)
    return prepareWriter(folder, path, { segmentBytes })
  })
  const fillUp = Effect.gen(function* () {
    while (atWork.length < size && ready.length > 0) {
      const next = ready.splice(0, 1)
      yield* Effect.forEach(next, (writer) => writer.go)
      atWork.push(...next)
    }
  })
  return {
    reinforce: Effect.fnUntraced(function* (count) {
      const writers = yield* Effect.all(Array.from({ length: count }, () => prepareOne))
      yield* Effect.promise(() => Promise.all(writers.map((writer) => writer.loaded)))
      ready.push(...writers)
      yield* fillUp
    }),
    killOne: Effect.gen(function* () {
      const victims = atWork.splice(Math.floor(Math.random() * atWork.length), 1)
      const at = performance.now()
      for (const { kill } of victims) kill()
      yield* fillUp
      yield* Effect.forEach(victims, checkEnd)
      return at
    }),
    isAtWork: () => atWork.length > 0,
    acknowledged: () => notes.flatMap(acknowledgedIn)
  }
})

/** Only a process that ends by itself leaves behind the modules that it compiled, for the others to load. */
const compileModules = Effect.fnUntraced(function* (folder: string) {
  const { exit } = yield* startWriter(folder, join(folder, "notes", "none"), { count: 0 })
  yield* Effect.promise(() => exit)
}, Effect.scoped)

/** A writer ends when it is killed, and in no other way. */
const checkEnd = Effect.fnUntraced(function* ({ exit }: Writer) {
  const code = yield* Effect.promise(() => exit)
  if (code !== null) return yield* Effect.die(`a writer ended by itself, with ${code}`)
})
