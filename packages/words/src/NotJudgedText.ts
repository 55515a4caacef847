/** Decisions that no replay can make again, for people: how many of which, and why. */
import type { NotJudged } from "@daybook/pool/replay/NotJudged"

export const notJudgedText = (all: ReadonlyArray<NotJudged>): string =>
  all.map(({ count, type, why }) => `${count} ${type} (${why})`).join(", ")
