/**
 * The clock of this process, ahead of the machine's by as much as a story says: days pass at once, and sleeps stay real.
 * Everything that asks for the time is told the moved one, so that ids agree with what they are the ids of.
 */

const machine = Date.now
let ahead = 0

Date.now = () => machine() + ahead

/** In milliseconds; 0 is the machine's own time. */
export const setAhead = (millis: number): void => {
  ahead = millis
}

/** How far ahead the clock must be for it to be `instant` now. */
export const aheadFor = (instant: number): number => instant - machine()
