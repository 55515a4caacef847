/**
 * The system calls under a ledger, carried out and written down in their order, so that a test can tell what a power cut
 * would have left. Syncs and writes can be made to fail, as a system makes them fail: each descriptor of the file hears of
 * it once, and what had not reached the disk by then is not sent there again.
 */
import { Effect } from "effect"
import { constants } from "node:fs"
import { basename } from "node:path"
import { SystemCalls } from "../../src/internal/LedgerFile.ts"

export type Step =
  | { readonly _tag: "Written"; readonly file: number; readonly at: number; readonly bytes: Buffer }
  /** What was written before the step `since` is on the disk. */
  | { readonly _tag: "Synced"; readonly file: number; readonly since: number }
  /** What was not on the disk by then will not be synced by any later sync. */
  | { readonly _tag: "Lost"; readonly file: number }
  /** Names came to mean other files, or none. */
  | { readonly _tag: "Named"; readonly call: string; readonly names: ReadonlyArray<readonly [string, File]> }
  | { readonly _tag: "FolderSynced" }
  /** Everything up to this event was said to be durable. */
  | { readonly _tag: "Acknowledged"; readonly seq: number }

/** Files are counted as they are created. */
type File = number | undefined

export interface RecordedDisk {
  readonly steps: ReadonlyArray<Step>
  readonly acknowledge: (seq: number) => void
  /** So many of the next syncs by a writer fail. */
  failSyncs: number
  /** Of the next append about so many bytes are written. */
  readonly tear: (length: number) => void
  readonly calls: SystemCalls
}

/** `look` is called before each step. */
export const make = (look: (step: number) => void): Effect.Effect<RecordedDisk> =>
  Effect.map(SystemCalls, (real) => new Recorder(real, look))

interface Descriptor {
  readonly file: number
  readonly isWriter: boolean
  /** Failures of the file that it has heard of. */
  heard: number
}

const eio = () => Object.assign(new Error("EIO"), { code: "EIO" })

class Recorder implements RecordedDisk {
  readonly steps: Array<Step> = []
  failSyncs = 0
  #room: number | undefined
  readonly real: SystemCalls
  readonly look: (step: number) => void
  readonly names = new Map<string, number>()
  readonly descriptors = new Map<number, Descriptor>()
  readonly sizes: Array<number> = []
  readonly failures: Array<number> = []

  constructor(real: SystemCalls, look: (step: number) => void) {
    this.real = real
    this.look = look
  }

  tear(length: number): void {
    this.#room = length
  }

  acknowledge(seq: number): void {
    this.note({ _tag: "Acknowledged", seq })
  }

  note(step: Step): void {
    this.look(this.steps.length)
    this.steps.push(step)
  }

  /** Says what a call did to names, and does it. */
  rename(call: string, names: ReadonlyArray<readonly [string, File]>): void {
    for (const [name, file] of names) {
      if (file === undefined) this.names.delete(name)
      else this.names.set(name, file)
    }
    this.note({ _tag: "Named", call, names })
  }

  fileOf(path: string): number {
    const file = this.names.get(basename(path))
    if (file === undefined) throw new Error(`${path} was not created here`)
    return file
  }

  readonly calls: SystemCalls = {
    open: (path, flags) => {
      const fd = this.real.open(path, flags)
      if ((flags & constants.O_CREAT) !== 0) this.create(basename(path))
      const file = this.fileOf(path)
      const isWriter = (flags & constants.O_RDWR) !== 0
      this.descriptors.set(fd, { file, isWriter, heard: this.failures[file] ?? 0 })
      return fd
    },
    close: (fd) => {
      this.descriptors.delete(fd)
      this.real.close(fd)
    },
    read: (fd, into, position) => this.real.read(fd, into, position),
    readLater: (fd, into, position, done) => this.real.readLater(fd, into, position, done),
    write: (fd, bytes, position) => {
      const { file } = this.descriptor(fd)
      const at = position ?? this.sizes[file] ?? 0
      const taken = position === null ? this.torn(bytes, at) : bytes
      this.real.write(fd, taken, position)
      this.sizes[file] = Math.max(this.sizes[file] ?? 0, at + taken.length)
      this.note({ _tag: "Written", file, at, bytes: Buffer.from(taken) })
      return taken.length
    },
    sync: (fd, done) => {
      const descriptor = this.descriptor(fd)
      const since = this.steps.length
      this.real.sync(fd, () => done(this.synced(descriptor, since) ? null : eio()))
    },
    link: (from, to) => {
      this.real.link(from, to)
      this.rename("link", [[basename(to), this.fileOf(from)]])
    },
    rename: (from, to) => {
      this.real.rename(from, to)
      const file = this.fileOf(from)
      this.rename("rename", [
        [basename(to), file],
        [basename(from), undefined]
      ])
    },
    remove: (path) => {
      this.real.remove(path)
      if (this.names.has(basename(path))) this.rename("remove", [[basename(path), undefined]])
    },
    syncFolder: () => this.note({ _tag: "FolderSynced" })
  }

  /** Never up to the last bytes of a sector: so few zeros as fit there tell nobody that the sector was lost. */
  torn(bytes: Buffer, at: number): Buffer {
    const room = this.#room
    if (room === undefined) return bytes
    this.#room = undefined
    return bytes.subarray(0, (at + room) % 512 > 496 ? room - 16 : room)
  }

  create(name: string): void {
    const file = this.sizes.push(0) - 1
    this.failures.push(0)
    this.rename("create", [[name, file]])
  }

  descriptor(fd: number): Descriptor {
    const descriptor = this.descriptors.get(fd)
    if (descriptor === undefined) throw new Error(`${fd} is not open`)
    return descriptor
  }

  /** Whoever only hears of an earlier failure may have lost nothing, but cannot know. */
  synced(descriptor: Descriptor, since: number): boolean {
    const { file, isWriter } = descriptor
    const isLost = isWriter && this.failSyncs > 0
    if (isLost) {
      this.failSyncs--
      this.failures[file] = (this.failures[file] ?? 0) + 1
      this.note({ _tag: "Lost", file })
    }
    const failures = this.failures[file] ?? 0
    const isWell = descriptor.heard === failures
    descriptor.heard = failures
    if (isWell) this.note({ _tag: "Synced", file, since })
    return isWell
  }
}
