/**
 * What can be done to the bytes of a ledger file: what disks, editors and copying do, and what somebody does who knows
 * how lines are closed, and closes his own.
 */
import { type Dice, dice } from "./Dice.ts"
import * as Lines from "./Lines.ts"

export interface Mutated {
  readonly files: ReadonlyArray<Buffer>
  /** What was done, in order. */
  readonly names: ReadonlyArray<string>
  /** Lines were closed anew: they are not what any writer wrote, and yet hang together. */
  readonly isForged: boolean
}

/** The same for the same seed. Changes one of the files. `others` are those of another ledger, to take bytes from. */
export const mutate = (files: ReadonlyArray<Buffer>, others: ReadonlyArray<Buffer>, seed: number): Mutated => {
  const chance = dice(seed)
  const which = chance.below(files.length)
  const other = others[which] ?? Buffer.alloc(0)
  const names = Array.from({ length: 1 + chance.below(3) }, () => chance.pick(mutationNames))
  const change = (bytes: Buffer) => names.reduce((changed, name) => mutations[name](changed, chance, other), bytes)
  return {
    files: files.map((bytes, index) => (index === which ? change(bytes) : bytes)),
    names,
    isForged: names.some((name) => name.startsWith("forge"))
  }
}

type Mutation = (bytes: Buffer, chance: Dice, other: Buffer) => Buffer

const newline = 10

const splice = (bytes: Buffer, at: number, gone: number, put: Uint8Array = new Uint8Array()): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)])

const text = (some: string): Buffer => Buffer.from(some, "latin1")

/** A range of up to `most` bytes. */
const rangeIn = (bytes: Buffer, chance: Dice, most: number) => {
  const at = chance.below(bytes.length)
  return { at, length: Math.min(bytes.length - at, 1 + chance.below(most)) }
}

const someOf = (bytes: Buffer, chance: Dice, most: number): Buffer => {
  const { at, length } = rangeIn(bytes, chance, most)
  return bytes.subarray(at, at + length)
}

/** Instead of what stands there. */
const over = (bytes: Buffer, at: number, put: Buffer): Buffer => splice(bytes, at, put.length, put)

const linesOf = (bytes: Buffer): Array<string> => bytes.toString("latin1").split("\n")

const onLines =
  (change: (lines: Array<string>, at: number, chance: Dice, other: Buffer) => void): Mutation =>
  (bytes, chance, other) => {
    const lines = linesOf(bytes)
    change(lines, chance.below(lines.length), chance, other)
    return text(lines.join("\n"))
  }

const insert =
  (make: (chance: Dice) => Buffer): Mutation =>
  (bytes, chance) =>
    splice(bytes, chance.below(bytes.length + 1), 0, make(chance))

const sizes = [1, 2, 16, 300, 5_000, 17_000, 70_000] as const

/** Rarely of a length that no buffer of a reader holds. */
const length = (chance: Dice): number => (chance.below(40) === 0 ? 1_500_000 : chance.pick(sizes))

const nest = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)

/** Numbers, names and values that trip those who take JSON lightly. */
const numbers = ["-1", "-0", "0", "1e308", "1e999", "9007199254740993", "99999999999999999999", "0.1", "1E3"] as const
const members = [
  '"__proto__":{"polluted":true}',
  '"constructor":{"prototype":{"polluted":true}}',
  '"seq":1',
  '"seq":7',
  '"type":"LedgerOpened"',
  '"h":"x","c":"y"',
  '"toString":null',
  '"":{}'
] as const
const values = ["null", "true", "[]", "{}", '""', '"__proto__"', '"\\u0000\\ud800"', "1e999", nest(2_000)] as const

const replaceOne = (line: string, pattern: RegExp, chance: Dice, put: string): string => {
  const found = Array.from(line.matchAll(pattern))
  const match = found[chance.below(found.length)]
  return match === undefined ? line : line.slice(0, match.index) + put + line.slice(match.index + match[0].length)
}

/** A change to the JSON of one line. */
const strange: ReadonlyArray<(line: string, chance: Dice) => string> = [
  (line, chance) => replaceOne(line, /(?<=[:,[])-?\d+(\.\d+)?(?=[,}\]])/g, chance, chance.pick(numbers)),
  (line, chance) => replaceOne(line, /(?<=\{)(?=")/g, chance, `${chance.pick(members)},`),
  (line, chance) => replaceOne(line, /(?<=":)("[^"]*"|\d+|true|false)/g, chance, chance.pick(values)),
  (line, chance) => replaceOne(line, /"[a-z]+":("[^"]*"|\d+),/g, chance, ""),
  (line, chance) =>
    replaceOne(line, /(?<=")[A-Za-z]+(?=")/g, chance, chance.pick(["", "__proto__", "\u00ff\u0000", "toString"])),
  (line, chance) => replaceOne(line, /(?<=[{,:])/g, chance, chance.pick([" ", "\t", "\r", "\u00a0", "//", "\u0000"])),
  (line, chance) => replaceOne(line, /(?<=":)/g, chance, `"${"y".repeat(chance.pick(sizes))}",`)
]

const makeStrange = (line: string, chance: Dice): string => {
  const change = strange[chance.below(strange.length)]
  return change === undefined ? line : change(line, chance)
}

const trailer = /,"h":"[\w-]{43}","c":"[0-9a-f]{8}"\}$/

/** Closes a line, and those behind it, as the ones that follow the line before. Anything else stays as it is. */
const closeFrom = (lines: Array<string>, from: number): void => {
  let previous = lines.slice(0, from).findLast((line) => trailer.test(line)) ?? ""
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? ""
    if (!trailer.test(line)) continue
    previous = Lines.closeLine(Lines.hashOf(previous), line.replace(trailer, ""))
    lines[at] = previous
  }
}

const forge = (change: (lines: Array<string>, at: number, chance: Dice, other: Buffer) => void): Mutation =>
  onLines((lines, at, chance, other) => {
    change(lines, at, chance, other)
    closeFrom(lines, at)
  })

const lineFrom = (bytes: Buffer, chance: Dice): string => {
  const lines = linesOf(bytes)
  return lines[chance.below(lines.length)] ?? ""
}

const mutations = {
  "flip a bit": (bytes, chance) =>
    bytes.length === 0
      ? bytes
      : ((at) => over(bytes, at, Buffer.of((bytes[at] ?? 0) ^ (1 << chance.below(8)))))(chance.below(bytes.length)),
  "zero a range": (bytes, chance) => {
    const { at, length } = rangeIn(bytes, chance, 4_096)
    return over(bytes, at, Buffer.alloc(Math.max(0, length)))
  },
  "put noise over a range": (bytes, chance) =>
    over(bytes, chance.below(bytes.length), chance.bytes(chance.pick([1, 8, 512]))),
  "copy a range over another": (bytes, chance) => over(bytes, chance.below(bytes.length), someOf(bytes, chance, 4_096)),
  "copy a range in between": (bytes, chance) =>
    splice(bytes, chance.below(bytes.length), 0, someOf(bytes, chance, 4_096)),
  "put a range of another ledger over": (bytes, chance, other) =>
    over(bytes, chance.below(bytes.length), someOf(other, chance, 4_096)),
  "continue with another ledger": (bytes, chance, other) => {
    const at = chance.below(bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), other.subarray(at)])
  },
  "begin with another ledger": (bytes, chance, other) => {
    const at = chance.below(bytes.length + 1)
    return Buffer.concat([other.subarray(0, at), bytes.subarray(at)])
  },
  "glue another ledger to the end": (bytes, _, other) => Buffer.concat([bytes, other]),
  "glue it to its own end": (bytes) => Buffer.concat([bytes, bytes]),
  truncate: (bytes, chance) => bytes.subarray(0, chance.below(bytes.length + 1)),
  "cut off the begin": (bytes, chance) => bytes.subarray(chance.below(bytes.length + 1)),
  "double a line": onLines((lines, at) => lines.splice(at, 0, lines[at] ?? "")),
  "drop a line": onLines((lines, at) => lines.splice(at, 1)),
  "swap two lines": onLines((lines, at, chance) => {
    const [line = ""] = lines.splice(at, 1)
    lines.splice(chance.below(lines.length + 1), 0, line)
  }),
  "put a line of another ledger in": onLines((lines, at, chance, other) =>
    lines.splice(at, 0, lineFrom(other, chance))
  ),
  "put a line of another ledger over": onLines((lines, at, chance, other) =>
    lines.splice(at, 1, lineFrom(other, chance))
  ),
  "glue two lines": onLines((lines, at) => lines.splice(at, 2, (lines[at] ?? "") + (lines[at + 1] ?? ""))),
  "break a line": insert(() => Buffer.of(newline)),
  "end without a newline": (bytes) => (bytes.at(-1) === newline ? bytes.subarray(0, -1) : bytes),
  "end every line as Windows does": (bytes) => text(bytes.toString("latin1").replaceAll("\n", "\r\n")),
  "put a byte order mark in front": (bytes) => splice(bytes, 0, 0, Buffer.of(0xef, 0xbb, 0xbf)),
  "insert NULs": insert((chance) => Buffer.alloc(length(chance))),
  "insert newlines": insert((chance) => Buffer.alloc(chance.pick(sizes), newline)),
  "insert a long line": insert((chance) => Buffer.alloc(length(chance), "x")),
  "insert bytes that are no UTF-8": insert((chance) =>
    chance.pick([Buffer.of(0xff, 0xfe), Buffer.of(0xc0, 0x80), Buffer.of(0xed, 0xa0, 0x80)])
  ),
  "insert deep JSON": insert((chance) => text(`\n${nest(chance.pick([10, 5_000, 40_000]))}\n`)),
  "make a line strange": onLines((lines, at, chance) => (lines[at] = makeStrange(lines[at] ?? "", chance))),
  "forge a strange line": forge((lines, at, chance) => (lines[at] = makeStrange(lines[at] ?? "", chance))),
  "forge an opening in between": forge((lines, at, chance, other) => {
    const opened = chance.pick([lines[0] ?? "", linesOf(other)[0] ?? ""])
    const type = chance.pick(["LedgerOpened", "SegmentOpened"])
    const seq = Number(/^\{"seq":(\d{1,15}),/.exec(lines[at] ?? "")?.[1] ?? at)
    const opening = opened.replace(/^\{"seq":\d+,/, `{"seq":${seq},`).replace(/"type":"\w+"/, `"type":"${type}"`)
    lines.splice(at, chance.below(2), opening)
  }),
  "forge a line in between": forge((lines, at, chance, other) => lines.splice(at, 0, lineFrom(other, chance))),
  "forge a line away": forge((lines, at) => lines.splice(at, 1))
} satisfies Record<string, Mutation>

type Name = keyof typeof mutations

const mutationNames = Object.keys(mutations) as [Name, ...Array<Name>]
