/**
 * Somebody who appends events durably, to be measured: after `append`, the event survives a power cut.
 */
export interface Contender {
  readonly append: () => unknown
  readonly close: () => unknown
}

interface Entry {
  /** Makes or joins what lies in the folder. */
  readonly open: (folder: string) => Contender | Promise<Contender>
}

const contenders = {
  raw: (): Promise<Entry> => import("./RawAppend.ts"),
  naive: (): Promise<Entry> => import("./NaiveAppend.ts"),
  daybook: (): Promise<Entry> => import("./DaybookAppend.ts"),
  "better-sqlite3": (): Promise<Entry> => import("./BetterSqlite.ts"),
  "node:sqlite": (): Promise<Entry> => import("./NodeSqlite.ts")
}
export type ContenderName = keyof typeof contenders

/** Loads only what this contender needs. */
export const open = async (name: ContenderName, folder: string): Promise<Contender> =>
  (await contenders[name]()).open(folder)
