/**
 * Where everything that a world does waits for its turn. An edge of the protocol is a *step*: it parks here until the
 * driver lets it go, and between two steps everything runs through at once, without the event loop. So nothing but the
 * driver decides what happens in which order, nor what time it is.
 */
import { type Clock, type Context, Duration, Effect, type Fiber, Scheduler } from "effect"

/** A program of the world. One that died takes no further step. */
export interface Process {
  readonly name: string
  alive: boolean
}

export interface Waiting {
  readonly owner: Process
  readonly label: string
  readonly isReady: () => boolean
  readonly go: () => void
}

interface Timer {
  readonly owner: Process
  readonly at: number
  readonly go: () => void
}

const always = () => true

export class Stage {
  /** True time in milliseconds; it never goes back. */
  now: number
  /** By how much the machine's clock is wrong. */
  clockError = 0
  /** What was done, one line for each step. */
  readonly history: Array<string> = []
  private waiting: Array<Waiting> = []
  private timers: Array<Timer> = []
  private readonly tasks: Array<() => void> = []
  private readonly scheduler = new Scheduler.MixedScheduler("sync", (task) => {
    this.tasks.push(task)
    return () => undefined
  })

  constructor(now: number) {
    this.now = now
  }

  /** What the machine's clock says. */
  readonly wallClock = (): number => this.now + this.clockError

  /** `body` happens all at once, when the driver says so and `isReady`. */
  step<A, E>(
    owner: Process,
    label: string,
    body: () => Effect.Effect<A, E>,
    isReady: () => boolean = always
  ): Effect.Effect<A, E> {
    return Effect.callback<A, E>((resume) => {
      const entry = { owner, label, isReady, go: () => resume(body()) }
      this.park(entry)
      return Effect.sync(() => this.unpark(entry))
    })
  }

  park(entry: Waiting): void {
    if (entry.owner.alive) this.waiting.push(entry)
  }

  unpark(entry: Waiting): void {
    this.waiting = this.waiting.filter((one) => one !== entry)
  }

  /** Once, when true time has come to `at`. */
  later(owner: Process, at: number, go: () => void): Timer {
    const timer = { owner, at: Math.ceil(at), go }
    if (owner.alive) this.timers.push(timer)
    return timer
  }

  cancel(timer: Timer): void {
    this.timers = this.timers.filter((one) => one !== timer)
  }

  /** What may go on now. */
  ready(): ReadonlyArray<Waiting> {
    return this.waiting.filter(({ isReady }) => isReady())
  }

  parked(owner: Process): ReadonlyArray<Waiting> {
    return this.waiting.filter((one) => one.owner === owner)
  }

  nextTimer(): number | undefined {
    return this.timers.length === 0 ? undefined : Math.min(...this.timers.map(({ at }) => at))
  }

  release(entry: Waiting): void {
    this.unpark(entry)
    this.say(`${entry.owner.name}: ${entry.label}`)
    entry.go()
    this.settle()
  }

  /** Time passes; whatever was due on the way happens, in order. */
  pass(millis: number): void {
    const until = this.now + millis
    for (let due = this.takeDue(until); due !== undefined; due = this.takeDue(until)) {
      this.now = Math.max(this.now, due.at)
      due.go()
      this.settle()
    }
    this.now = until
  }

  private takeDue(until: number): Timer | undefined {
    const due = this.timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
    if (due !== undefined) this.cancel(due)
    return due
  }

  /** As by SIGKILL: nothing that it had in hand goes on. */
  kill(owner: Process): void {
    owner.alive = false
    this.waiting = this.waiting.filter((one) => one.owner !== owner)
    this.timers = this.timers.filter((one) => one.owner !== owner)
  }

  say(line: string): void {
    this.history.push(line)
  }

  start<A, E, R>(effect: Effect.Effect<A, E, R>, context: Context.Context<R>): Fiber.Fiber<A, E> {
    const fiber = Effect.runForkWith(context)(effect, { scheduler: this.scheduler })
    this.settle()
    return fiber
  }

  /** Everything that can go on without a step does. */
  private settle(): void {
    for (let task = this.tasks.shift(); task !== undefined; task = this.tasks.shift()) task()
  }

  /** The clock as a process sees it; its sleeps pass in true time. */
  clockOf(owner: Process): Clock.Clock {
    const nanos = () => BigInt(this.wallClock()) * 1_000_000n
    const monotonic = () => BigInt(this.now) * 1_000_000n
    return {
      currentTimeMillisUnsafe: this.wallClock,
      currentTimeMillis: Effect.sync(this.wallClock),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanosUnsafe: monotonic,
      monotonicTimeNanos: Effect.sync(monotonic),
      sleep: (duration) => this.sleep(owner, Duration.toMillis(duration))
    }
  }

  private sleep(owner: Process, millis: number): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const timer = this.later(owner, this.now + millis, () => resume(Effect.void))
      return Effect.sync(() => this.cancel(timer))
    })
  }
}
