/** Which events go into an excerpt. */
import type { Told } from "@daybook/ledger/Excerpt"
import { catalogue } from "@daybook/pool/Event"
import type { Recorded } from "@daybook/pool/Recorded"
import { isBackground } from "@daybook/pool/queries/Background"
import type { StoryFilter } from "@daybook/pool/queries/Story"
import type { PoolState } from "@daybook/pool/PoolState"

export class Choice {
  readonly #before: PoolState | undefined
  readonly #isBackground: (event: Recorded) => boolean
  readonly #stories: ReadonlyArray<StoryFilter>
  /** Events that this version does not know: nothing in them could be made unrecognisable. */
  unknown = 0

  /** Events up to `before` are background; without stories, all credentials are wanted. */
  constructor(before: PoolState | undefined, stories: ReadonlyArray<StoryFilter>) {
    this.#before = before
    this.#isBackground = before === undefined ? () => true : isBackground(before)
    this.#stories = stories
  }

  of(events: ReadonlyArray<Recorded>): ReadonlyArray<Told> {
    return events.filter((event): event is Told => this.#takes(event))
  }

  #takes(event: Recorded): boolean {
    if (event.type === "Unknown") {
      this.unknown++
      return false
    }
    if (catalogue[event.type].kind === "ledger" || !this.#isOfStories(event)) return false
    return event.seq > (this.#before?.head ?? 0) || this.#isBackground(event)
  }

  #isOfStories(event: Recorded): boolean {
    const isEverybodys = event.type === "ActorJoined" || event.type === "PolicyApplied"
    return this.#stories.length === 0 || isEverybodys || this.#stories.some((isAbout) => isAbout(event))
  }
}
