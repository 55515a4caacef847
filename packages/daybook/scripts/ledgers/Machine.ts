/** What the recorded ledgers say of the machine: nothing that is true of the one on which they were made. */

/** As which every program's machine is recorded. */
export const host = "workstation"

/** When every story begins; also for the sandbox. */
export const beginning = Date.UTC(2026, 2, 2, 9)
