/**
 * The state at each mark, in `snapshots/<version of the fold>/`, so that the pool at any moment is a short fold
 * away. Derived: whatever cannot be read, or belongs to another chain or fold, is as good as not there.
 */
import { foldHash } from "@daybook/pool/FoldHash"
import type { PoolState } from "@daybook/pool/PoolState"
import * as StateSnapshot from "@daybook/pool/StateSnapshot"
import { Effect, Option } from "effect"
import * as fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import { replaceFile, sweepFolder } from "./DerivedFile.ts"
import type { Crossed, Mark } from "./View.ts"

const folderOf = (live: string): string => join(dirname(live), "snapshots")

/** Named after the event and the begin of its `h`, so that no other ledger's is taken for ours. */
const pathOf = (live: string, { h, seq }: Mark): string =>
  join(folderOf(live), foldHash, `${String(seq).padStart(16, "0")}.${h.slice(0, 8)}.zst`)

const params = { [zlib.constants.ZSTD_c_compressionLevel]: 1, [zlib.constants.ZSTD_c_checksumFlag]: 1 }
const compress = promisify(zlib.zstdCompress)
const decompress = promisify(zlib.zstdDecompress)

/** A snapshot that cannot be written is missing: reading takes longer. */
export const write = (live: string, { mark, state }: Crossed): Effect.Effect<void> =>
  Effect.promise(async () => {
    const path = pathOf(live, mark)
    await fs.mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const text = Buffer.from(`${mark.h}\n${StateSnapshot.encode(state)}`)
    await replaceFile(path, await compress(text, { params }))
  }).pipe(Effect.ignoreCause)

/** The state at a mark. */
export const read = (live: string, mark: Mark): Effect.Effect<Option.Option<PoolState>> =>
  Effect.tryPromise(async () => {
    const text = zlib.zstdDecompressSync(await fs.readFile(pathOf(live, mark))).toString()
    const end = text.indexOf("\n")
    return text.slice(0, end) === mark.h ? StateSnapshot.decode(text.slice(end + 1)) : Option.none<PoolState>()
  }).pipe(Effect.orElseSucceed(Option.none))

/** Whether there is a snapshot at a mark whose bytes are right: a power cut may have left half of it. */
export const isWhole = (live: string, mark: Mark): Effect.Effect<boolean> =>
  Effect.tryPromise(async () => {
    const text = await decompress(await fs.readFile(pathOf(live, mark)))
    return text.indexOf(`${mark.h}\n`) === 0
  }).pipe(Effect.orElseSucceed(() => false))

const unusedFor = 30 * 24 * 60 * 60 * 1_000

/** Removes what dead writers left half written, and what other versions of the fold left behind. */
export const sweep = (live: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    const folder = folderOf(live)
    await Promise.allSettled([dirname(live), join(folder, foldHash)].map(sweepFolder))
    await sweepFolds(folder)
  }).pipe(Effect.ignoreCause)

/** Once nobody has added to them for 30 days. */
const sweepFolds = async (folder: string): Promise<void> => {
  for (const name of await fs.readdir(folder)) {
    const path = join(folder, name)
    const { mtimeMs } = await fs.stat(path)
    if (name !== foldHash && Date.now() - mtimeMs > unusedFor) await fs.rm(path, { recursive: true, force: true })
  }
}
