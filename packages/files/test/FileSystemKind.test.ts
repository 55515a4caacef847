import * as FileSystemKind from "@daybook/files/FileSystemKind"
import { assert, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { smallDisk, tempFolder } from "./support/TempFolder.ts"

const fuse = 0x65735546n

const mountInfo = String.raw`22 27 0:21 / /proc rw,relatime - proc proc rw
25 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro
57 25 0:52 / /home/ada/remote rw,nosuid,nodev,relatime shared:31 master:4 - fuse.sshfs ada@example.org:/srv rw,user_id=1000,group_id=1000
58 25 0:53 / /home/ada/two\040words\134n rw,relatime - fuse.rclone box: rw,user_id=1000,group_id=1000,allow_other
61 25 8:17 / /media/usb rw,nosuid,nodev,relatime shared:40 - fuseblk /dev/sdb1 rw,user_id=0,group_id=0,blksize=4096
62 57 0:60 / /home/ada/remote/plain rw,nosuid,nodev,relatime shared:41 - fuse.gocryptfs /home/ada/cipher rw,user_id=1000
63 25 0:61 / /workspace rw,relatime - virtiofs share rw
64 25 0:62 / /layers rw,nodev,noatime - fuse.fuse-overlayfs fuse-overlayfs rw,user_id=0,group_id=0
65 25 0:63 / /run/user/1000/gvfs rw,nosuid,nodev,relatime shared:50 - fuse.gvfsd-fuse gvfsd-fuse rw,user_id=1000
66 61 0:64 / /media/usb rw,relatime - fuse.s3fs s3fs rw,user_id=0,group_id=0
67 25 0:65 / /odd rw,relatime - fuse device rw,user_id=0,group_id=0
`

const onFuse = (path: string) => Option.getOrUndefined(FileSystemKind.sharedType(fuse, mountInfo, path))
const ofType = (type: bigint) => Option.getOrUndefined(FileSystemKind.sharedType(type, mountInfo, "/home"))

it("file systems of a network, a cluster or a virtual machine's host are named", () => {
  assert.strictEqual(ofType(0x6969n), "nfs")
  assert.strictEqual(ofType(0x517bn), "smb")
  assert.strictEqual(ofType(0x01021997n), "9p")
  assert.strictEqual(ofType(0x00c36400n), "ceph")
  assert.strictEqual(ofType(0x0bd00bd0n), "lustre")
  assert.strictEqual(ofType(0x786f4256n), "vboxsf")
  assert.strictEqual(ofType(0x6a656a63n), "fakeowner")
})

it("local file systems are not: ext4, XFS, btrfs, tmpfs, overlayfs, ZFS, NTFS", () => {
  for (const type of [0xef53n, 0x58465342n, 0x9123683en, 0x01021994n, 0x794c7630n, 0x2fc12fc1n, 0x7366746en])
    assert.isUndefined(ofType(type))
})

it("a type is known with its sign extended, too", () => {
  assert.strictEqual(ofType(0xff534d42n), "cifs")
  assert.strictEqual(ofType(BigInt.asIntN(32, 0xff534d42n)), "cifs")
  assert.strictEqual(ofType(0xffff_ffff_fe53_4d42n), "smb2")
})

it("what FUSE shows of another machine is named by the type of its mount", () => {
  assert.strictEqual(onFuse("/home/ada/remote"), "fuse.sshfs")
  assert.strictEqual(onFuse("/home/ada/remote/daybook"), "fuse.sshfs")
  assert.strictEqual(onFuse("/workspace/daybook"), "virtiofs")
  assert.strictEqual(onFuse("/run/user/1000/gvfs/smb-share"), "fuse.gvfsd-fuse")
})

it("FUSE on a disk of this machine is local", () => {
  assert.isUndefined(onFuse("/layers/home"))
  assert.isUndefined(onFuse("/home/ada/remote/plain/daybook"))
})

it("a FUSE mount of unknown kind is named, since it may be shared", () => {
  assert.strictEqual(onFuse("/odd/daybook"), "fuse")
  assert.strictEqual(Option.getOrUndefined(FileSystemKind.sharedType(fuse, "", "/odd")), "fuse")
})

it("a folder whose name only begins like a mount point's is not on that mount", () => {
  assert.strictEqual(onFuse("/workspaces/daybook"), "ext4")
})

it("a mount point with a space and a backslash in its name is found", () => {
  assert.strictEqual(onFuse(String.raw`/home/ada/two words\n/daybook`), "fuse.rclone")
})

it("the later of two mounts at one point counts", () => {
  assert.strictEqual(onFuse("/media/usb/daybook"), "fuse.s3fs")
})

it.live("a local disk has no name, a disk in memory neither", () =>
  Effect.gen(function* () {
    assert.isTrue(Option.isNone(yield* FileSystemKind.networkFileSystem(yield* tempFolder)))
    assert.isTrue(Option.isNone(yield* FileSystemKind.networkFileSystem(yield* smallDisk)))
  })
)

it.live("a path that does not exist yet is judged by its parent", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    assert.isTrue(Option.isNone(yield* FileSystemKind.networkFileSystem(join(folder, "share", "daybook"))))
  })
)

it.live("a file in the way and a circle of links are errors", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    writeFileSync(join(folder, "file"), "")
    symlinkSync("circle", join(folder, "circle"))
    const inFile = yield* Effect.flip(FileSystemKind.networkFileSystem(join(folder, "file", "daybook")))
    assert.strictEqual(inFile.code, "ENOTDIR")
    const inCircle = yield* Effect.flip(FileSystemKind.networkFileSystem(join(folder, "circle", "daybook")))
    assert.strictEqual(inCircle.code, "ELOOP")
  })
)
