/**
 * Events that were written in one step and belong together: what was seen, and what was decided from it there and then.
 * A decision is made again with its whole act, so that one that is missing is noticed like one that differs.
 */
import type { PoolEvent } from "../Event.ts"
import type { Envelope, Recorded } from "../Recorded.ts"

export type Known = Envelope & PoolEvent

export type Act = readonly [first: Recorded, ...others: ReadonlyArray<Recorded>]

/** `isWhole`: no event of it is missing, since another one follows. */
type Take = (act: Act, isWhole: boolean) => void

/** Puts a ledger's events together, as they come. Call `end` after the last. */
export class Acts {
  private held: Act | undefined
  private readonly take: Take

  constructor(take: Take) {
    this.take = take
  }

  readonly add = (event: Recorded): void => {
    if (this.held !== undefined && goesOn(this.held, event)) {
      this.held = [...this.held, event]
      return
    }
    this.give(true)
    this.held = [event]
  }

  /** The last act may go on behind the moment that is looked at. */
  end(): void {
    this.give(false)
  }

  private give(isWhole: boolean): void {
    const act = this.held
    this.held = undefined
    if (act !== undefined) this.take(act, isWhole)
  }
}

/** One append is contiguous, and of one actor. */
const goesOn = (act: Act, next: Recorded): boolean => {
  const [first] = act
  if (next.actor !== first.actor) return false
  switch (next.type) {
    case "ErrorClassified":
      return isRefusal(first) && act.length === 1 && next.data.of === first.id
    case "CooldownStarted":
    case "CredentialQuarantined":
      return isOfVerdict(act, next)
    case "RaceAdopted":
      return (next.data.fallback === true && isOfVerdict(act, next)) || isLifting(act, next.data.grant)
    case "GenerationObserved":
      return isLifting(act, next.data.grant)
    case "CooldownCleared":
      return next.data.by !== "operator" && enders[next.data.by](act)
    default:
      return false
  }
}

const isRefusal = (event: Recorded): boolean => event.type === "ApiOutcomeObserved" && !event.data.accepted

const isOfVerdict = (act: Act, { cause }: Recorded): boolean =>
  cause !== undefined && act.some(({ id, type }) => type === "ErrorClassified" && id === cause)

/** What a new generation ends is said before it. */
const isLifting = (act: Act, grant: string): boolean => {
  const [first] = act
  return act.length === 1 && first.type === "QuarantineLifted" && isByGeneration(first) && first.data.grant === grant
}

const isByGeneration = (event: Recorded): boolean => event.type === "QuarantineLifted" && event.data.by === "generation"

/** What may end a bench, by the word under which that is recorded. */
const enders = {
  success: ([first]: Act) => first.type === "ApiOutcomeObserved" && first.data.accepted,
  generation: (act: Act) => act.some(({ type }) => type === "GenerationObserved" || type === "RaceAdopted"),
  probe: ([first]: Act) => first.type === "QuotaObserved"
}
