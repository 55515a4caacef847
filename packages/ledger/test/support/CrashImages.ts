/**
 * What a power cut may leave of a recorded run, after each of its steps. Safe is what was synced. Of the other bytes any
 * may be missing at the end of a file, be zeros, or be what another ledger had left in those sectors. Names given since
 * the last sync of the folder may be lost: from some point on, or a single one.
 */
import { createHash } from "node:crypto"
import type { Step } from "./RecordedDisk.ts"

export type Fault = "none" | "cut" | "zeroed" | "stale"

export interface Image {
  /** Where the run was cut off, and what was lost, in words. */
  readonly what: string
  readonly fault: Fault
  readonly losesNames: boolean
  /** Names that are there; two may mean one file. */
  readonly names: ReadonlyMap<string, number>
  readonly contents: ReadonlyMap<number, Buffer>
  /** Everything up to this event was said to be durable. */
  readonly acknowledged: number
  /** How many steps of the run had been taken. */
  readonly steps: number
}

export interface Options {
  /** Bytes between two places where a file may be cut off, beside the ends of its lines and sectors. */
  readonly cutEvery: number
  /** Whether any of the sectors, however few and in whatever order, may be the lost ones; else a few choices of them. */
  readonly anySectors: boolean
}

/** Different images only, each with the most that was acknowledged when it could appear. `twin` is a run of the same steps. */
export const imagesOf = (
  steps: ReadonlyArray<Step>,
  twin: ReadonlyArray<Step>,
  options: Options
): ReadonlyArray<Image> => {
  const images = new Map<string, Image>()
  const stale = contentsOf(twin)
  const disk = new Disk()
  for (const [index, step] of steps.entries()) {
    disk.take(step, index)
    for (const image of disk.images(`after step ${index} (${step._tag})`, stale, options))
      images.set(keyOf(image), image)
  }
  return [...images.values()]
}

const contentsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<Buffer> => {
  const disk = new Disk()
  for (const [index, step] of steps.entries()) disk.take(step, index)
  return disk.files.map((file) => file.bytes)
}

const keyOf = ({ contents, names }: Image): string => {
  const sum = createHash("sha1")
  for (const [name, file] of Array.from(names).toSorted(([a], [b]) => (a < b ? -1 : 1))) sum.update(`${name} ${file} `)
  for (const [file, bytes] of contents) sum.update(`${file} ${bytes.length} `).update(bytes)
  return sum.digest("base64")
}

const sector = 512

/** A piece of a file, its end excluded. */
interface Range {
  readonly from: number
  readonly to: number
}

interface Content {
  readonly what: string
  readonly fault: Fault
  readonly bytes: Buffer
}

/** A file, byte by byte: what was written last, when, and whether it can be lost. */
class DiskFile {
  bytes: Buffer = Buffer.alloc(0)
  writtenAt: Array<number> = []
  fate: Array<"safe" | "waiting" | "given up"> = []

  write(at: number, bytes: Buffer, step: number): void {
    const grown = Buffer.alloc(Math.max(this.bytes.length, at + bytes.length))
    this.bytes.copy(grown)
    for (const [index, byte] of bytes.entries()) {
      const isSame = this.fate[at + index] === "safe" && grown[at + index] === byte
      grown[at + index] = byte
      this.writtenAt[at + index] = step
      if (!isSame) this.fate[at + index] = "waiting"
    }
    this.bytes = grown
  }

  synced(since: number): void {
    this.fate = this.fate.map((fate, at) => (fate === "waiting" && (this.writtenAt[at] ?? 0) < since ? "safe" : fate))
  }

  giveUp(): void {
    this.fate = this.fate.map((fate) => (fate === "waiting" ? "given up" : fate))
  }

  get safeEnd(): number {
    return this.fate.lastIndexOf("safe") + 1
  }

  /** What can be lost, sector by sector. */
  get unsafe(): ReadonlyArray<Range> {
    const ranges: Array<Range> = []
    for (let at = 0; at < this.bytes.length; at++) {
      if (this.fate[at] === "safe") continue
      const last = ranges.at(-1)
      if (last?.to === at && at % sector !== 0) ranges[ranges.length - 1] = { from: last.from, to: at + 1 }
      else ranges.push({ from: at, to: at + 1 })
    }
    return ranges
  }

  contents(stale: Buffer | undefined, options: Options): ReadonlyArray<Content> {
    const { bytes, unsafe } = this
    return [
      { what: "everything is there", fault: "none", bytes },
      ...this.cuts(options.cutEvery).map((at): Content => ({
        what: `cut off at ${at}`,
        fault: "cut",
        bytes: bytes.subarray(0, at)
      })),
      ...choices(unsafe, options.anySectors).flatMap((lost) => [
        this.replaced("zeroed", lost, Buffer.alloc(bytes.length)),
        ...(stale === undefined || stale.length < bytes.length ? [] : [this.replaced("stale", lost, stale)])
      ])
    ]
  }

  cuts(cutEvery: number): ReadonlyArray<number> {
    const { bytes, safeEnd } = this
    const cuts = new Set([safeEnd, bytes.length - 1])
    for (let at = safeEnd; at < bytes.length; at++) {
      if (at % sector === 0 || at % cutEvery === 0 || bytes[at - 1] === 10) cuts.add(at)
    }
    return [...cuts].filter((at) => at >= safeEnd && at < bytes.length)
  }

  replaced(fault: Fault, lost: ReadonlyArray<Range>, by: Buffer): Content {
    const bytes = Buffer.from(this.bytes)
    for (const { from, to } of lost) by.copy(bytes, from, from, to)
    return { what: `${fault} at ${lost.map(({ from, to }) => `${from}-${to}`).join(" ")}`, fault, bytes }
  }
}

/** Which of the sectors are lost: one, all, all from one on, all up to one, every second. */
const choices = (sectors: ReadonlyArray<Range>, any: boolean): ReadonlyArray<ReadonlyArray<Range>> => {
  if (any && sectors.length <= 6) {
    return Array.from({ length: 2 ** sectors.length - 1 }, (_, set) =>
      sectors.filter((_, at) => ((set + 1) & (2 ** at)) !== 0)
    )
  }
  const some = sectors.flatMap((one, at) => [[one], sectors.slice(at), sectors.slice(0, at)])
  const seconds = [0, 1].map((odd) => sectors.filter((_, at) => at % 2 === odd))
  return [...some, ...seconds].filter((lost) => lost.length > 0)
}

type NameChange = Extract<Step, { _tag: "Named" }>

class Disk {
  readonly files: Array<DiskFile> = []
  /** As they are on the disk. */
  readonly names = new Map<string, number>()
  waiting: Array<NameChange> = []
  acknowledged = 0
  steps = 0

  take(step: Step, index: number): void {
    this.steps = index + 1
    switch (step._tag) {
      case "Written":
        return this.file(step.file).write(step.at, step.bytes, index)
      case "Synced":
        return this.file(step.file).synced(step.since)
      case "Lost":
        return this.file(step.file).giveUp()
      case "Named":
        for (const [, file] of step.names) if (file !== undefined) this.file(file)
        return void this.waiting.push(step)
      case "FolderSynced":
        for (const change of this.waiting.splice(0)) apply(this.names, change)
        return
      case "Acknowledged":
        this.acknowledged = Math.max(this.acknowledged, step.seq)
    }
  }

  file(number: number): DiskFile {
    return (this.files[number] ??= new DiskFile())
  }

  images(when: string, stale: ReadonlyArray<Buffer>, options: Options): ReadonlyArray<Image> {
    const { acknowledged, steps } = this
    return this.nameChoices().flatMap((choice) =>
      this.contentChoices(stale, options, choice.names).map(({ contents, fault, what }) => ({
        what: `${when}: ${what}; ${choice.what}`,
        fault,
        losesNames: choice.isLost,
        names: choice.names,
        contents,
        acknowledged,
        steps
      }))
    )
  }

  /** All are kept; all up to one; all but one. */
  nameChoices() {
    const { waiting } = this
    const kept = [
      waiting,
      ...waiting.map((_, at) => waiting.slice(0, at)),
      ...waiting.map((change) => waiting.filter((other) => other !== change))
    ]
    return kept.map((changes) => {
      const names = new Map(this.names)
      for (const change of changes) apply(names, change)
      const lost = waiting.filter((change) => !changes.includes(change))
      return { names, isLost: lost.length > 0, what: `lost names: ${lost.map(({ call }) => call).join(" ") || "none"}` }
    })
  }

  /** Of one file something is lost, while the others have everything; or all have only what is safe. */
  contentChoices(stale: ReadonlyArray<Buffer>, options: Options, names: ReadonlyMap<string, number>) {
    const named = [...new Set(names.values())].toSorted((a, b) => a - b)
    const whole = named.map((number): readonly [number, Buffer] => [number, this.file(number).bytes])
    const least = named.map((number): readonly [number, Buffer] => {
      const { bytes, safeEnd } = this.file(number)
      return [number, bytes.subarray(0, safeEnd)]
    })
    return [
      { what: "everything is there", fault: "none" as Fault, contents: new Map(whole) },
      { what: "only what is safe is there", fault: "cut" as Fault, contents: new Map(least) },
      ...named.flatMap((number) =>
        this.file(number)
          .contents(stale[number], options)
          .map(({ bytes, fault, what }) => ({
            what: `file ${number} ${what}`,
            fault,
            contents: new Map([...whole, [number, bytes]])
          }))
      )
    ]
  }
}

const apply = (names: Map<string, number>, { names: changes }: NameChange): void => {
  for (const [name, file] of changes) {
    if (file === undefined) names.delete(name)
    else names.set(name, file)
  }
}
