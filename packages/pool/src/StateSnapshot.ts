/**
 * A whole state as one text, and back. Exact: a key that is there with the value `undefined` is there again, and one
 * that is absent stays absent. A text belongs to the fold that gave the state (see `FoldHash.ts`) and is no storage
 * contract; whoever keeps it must check its bytes.
 *
 * The text is JSON of four parts: the shapes of all objects, all strings, the state without its grants, and the
 * grants. In the last two an object is `[shape, ...values]`, a string is its place among the strings, in quotes, a list
 * is `[-1, ...items]`, a map `[-2, key, value, ...]`, and `null` stands for `undefined`.
 */
import { HashMap, Option } from "effect"
import type { GrantId } from "./Ids.ts"
import { type Columns, pack, unpack } from "./internal/lineageColumns.ts"
import { empty, emptyGrant, type PoolState } from "./PoolState.ts"

/**
 * Of the state's shape. Whoever changes what a state is made of, in a way that makes an older text mean something else,
 * counts it up: an archived ledger then asks for its archived events, instead of going on from a misread state.
 */
export const shape = 1

type Tree = number | boolean | string | null | ReadonlyArray<Tree>

interface Tables {
  readonly shapes: ReadonlyArray<ReadonlyArray<string>>
  readonly texts: ReadonlyArray<string>
}

type GrantRow = readonly [id: GrantId, others: Tree, lineage: Columns]

type Written = readonly [Tables["shapes"], Tables["texts"], others: Tree, grants: ReadonlyArray<GrantRow>]

const list = -1
const map = -2

export const encode = ({ grants, ...others }: PoolState): string => {
  const shapes = new Map<string, number>()
  const texts = new Map<string, number>()
  const write = writer(shapes, texts)
  const tree = write(others)
  const rows = Array.from(grants, ([id, { lineage, ...grant }]): GrantRow => [id, write(grant), pack(lineage)])
  const written: Written = [Array.from(shapes.keys(), (shape) => JSON.parse(shape)), [...texts.keys()], tree, rows]
  return JSON.stringify(written)
}

const writer = (shapes: Map<string, number>, texts: Map<string, number>) => {
  const write = (value: unknown): Tree => {
    if (value === undefined) return null
    if (typeof value === "number" || typeof value === "boolean") return value
    if (typeof value === "string") return `${placeOf(texts, value)}`
    if (Array.isArray(value)) return [list, ...value.map(write)]
    if (HashMap.isHashMap(value)) return [map, ...Array.from(value).flat().map(write)]
    const object = Object(value)
    return [placeOf(shapes, JSON.stringify(Object.keys(object))), ...Object.values(object).map(write)]
  }
  return write
}

/** Its place in the order in which they were met. */
const placeOf = (places: Map<string, number>, text: string): number => {
  const place = places.get(text) ?? places.size
  places.set(text, place)
  return place
}

/** None if the text is not one that `encode` gives. */
export const decode = (text: string): Option.Option<PoolState> => Option.liftThrowable(stateIn)(text)

const stateIn = (text: string): PoolState => {
  const [shapes, texts, others, grants]: Written = JSON.parse(text)
  const read = reader({ shapes, texts })
  const rows = grants.map(([id, grant, lineage]) => {
    return [id, like(emptyGrant(id), { ...Object(read(grant)), lineage: unpack(lineage) })] as const
  })
  return like(empty, { ...Object(read(others)), grants: HashMap.fromIterable(rows) })
}

const reader = ({ shapes, texts }: Tables) => {
  const read = (tree: Tree): unknown => {
    if (tree === null) return undefined
    if (typeof tree === "string") return present(texts[Number(tree)])
    if (typeof tree !== "object") return tree
    if (tree[0] === list) return tree.slice(1).map(read)
    if (tree[0] === map) return HashMap.fromIterable(pairs(tree.slice(1).map(read)))
    return object(present(shapes[Number(tree[0])]), tree)
  }
  const object = (shape: ReadonlyArray<string>, tree: ReadonlyArray<Tree>): unknown => {
    if (shape.length + 1 !== tree.length) throw new RangeError(`not ${shape.length} values`)
    const made: Record<string, unknown> = {}
    for (const [place, key] of shape.entries()) made[key] = read(present(tree[place + 1]))
    return made
  }
  return read
}

const pairs = (items: ReadonlyArray<unknown>): ReadonlyArray<readonly [unknown, unknown]> =>
  items.flatMap((item, place) => (place % 2 === 0 ? [[item, items[place + 1]] as const] : []))

const present = <A>(value: A | undefined): A => {
  if (value === undefined) throw new RangeError("a number that names nothing")
  return value
}

/** Throws unless it has the keys of the model, all of them and no others. */
const like = <A extends object>(model: A, value: object): A => {
  if (!isLike(model, value)) throw new RangeError(`not an object of ${Object.keys(model).join()}`)
  return value
}

const isLike = <A extends object>(model: A, value: object): value is A =>
  Object.keys(model).every((key) => key in value) && Object.keys(value).every((key) => key in model)
