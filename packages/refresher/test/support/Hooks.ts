/**
 * What a test does at an exact step of the protocol. The step itself is the real one; a hook runs just before or just
 * after it, and may look, change the world, fail as the step could, or crash.
 */
import { AppendError, Unavailable } from "@daybook/ledger/LedgerError"
import { StoreError } from "@daybook/vault/StoreError"
import { Effect } from "effect"

type When = "before" | "after"

interface Hook<E> {
  readonly key: string
  readonly run: Effect.Effect<void, E>
  left: number
}

export class Hooks<E> {
  private readonly trace: Array<string>
  private readonly hooks: Array<Hook<E>> = []

  /** `trace` gets the name of each step that was taken. */
  constructor(trace: Array<string>) {
    this.trace = trace
  }

  before(step: string, run: Effect.Effect<void, E>, times = 1): void {
    this.add("before", step, run, times)
  }

  after(step: string, run: Effect.Effect<void, E>, times = 1): void {
    this.add("after", step, run, times)
  }

  around<A, E1, R>(steps: ReadonlyArray<string>, real: Effect.Effect<A, E1, R>): Effect.Effect<A, E | E1, R> {
    return this.fire("before", steps).pipe(
      Effect.andThen(real),
      Effect.tap(() => {
        this.trace.push(...steps)
        return this.fire("after", steps)
      })
    )
  }

  private add(when: When, step: string, run: Effect.Effect<void, E>, times: number): void {
    this.hooks.push({ key: `${when} ${step}`, run, left: times })
  }

  private fire(when: When, steps: ReadonlyArray<string>): Effect.Effect<void, E> {
    return Effect.suspend(() => {
      const due = this.hooks.filter((hook) => hook.left > 0 && steps.some((step) => hook.key === `${when} ${step}`))
      for (const hook of due) hook.left -= 1
      return Effect.forEach(due, ({ run }) => run, { discard: true })
    })
  }
}

/** The process dies here: nothing that follows in it happens, and its locks are free. */
export const crash: Effect.Effect<never> = Effect.die("a crash of the test's making")

/** The ledger's disk refuses. */
export const unavailable: Effect.Effect<never, AppendError> = Effect.fail(
  new AppendError({ reason: new Unavailable({ operation: "append to", path: "ledger.jsonl", code: "EIO" }) })
)

/** The store's disk refuses. */
export const noSpace: Effect.Effect<never, StoreError> = Effect.fail(
  new StoreError({ operation: "store", path: "auth.json", reason: { _tag: "NoSpace" } })
)
