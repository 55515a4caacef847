/**
 * Takes out of events what others need not see, and keeps what they need: who is the same as who. Fingerprints become
 * others under a key that is thrown away; hosts, labels and folders become numbers; addresses become words.
 */
import type { Told } from "@daybook/ledger/Excerpt"
import * as FingerprintKey from "@daybook/ledger/FingerprintKey"
import { basename, dirname } from "node:path"

export class Pseudonyms {
  readonly #fingerprints = FingerprintKey.fingerprints(FingerprintKey.make(FingerprintKey.randomBytes()))
  readonly #numbers = new Map<string, Map<string, number>>()
  readonly #hosts: Set<string>

  /** Names of machines that may stand anywhere in a text. */
  constructor(hosts: Iterable<string>) {
    this.#hosts = new Set(hosts)
  }

  of(event: Told): Told {
    if (event.type === "ActorJoined") this.#hosts.add(event.data.host)
    return { ...event, data: this.#value("data", event.data) } as Told
  }

  #value(key: string, value: unknown): unknown {
    if (typeof value === "string") return this.#text(key, value)
    if (Array.isArray(value)) return value.map((item) => this.#value(key, item))
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, part]) => (leftOut.has(key) ? [] : [[key, this.#value(key, part)]]))
    )
  }

  #text(key: string, text: string): string {
    if (fingerprint.test(text)) return this.#fingerprints.ofText(text)
    if (key === "host" || key === "label") return this.#number(key, text)
    if (key === "path" || key === "folder") return this.#place(text)
    const hidden = text.replace(address, "[address]").replace(home, "~")
    return Array.from(this.#hosts).reduce((text, host) => text.replaceAll(host, this.#number("host", host)), hidden)
  }

  /** The files of known programs keep their names: they say which program it was. */
  #place(path: string): string {
    const name = basename(path)
    return `${this.#number("folder", dirname(path))}/${known.has(name) ? name : this.#number("file", path)}`
  }

  #number(kind: string, text: string): string {
    const numbers = this.#numbers.get(kind) ?? new Map<string, number>()
    this.#numbers.set(kind, numbers)
    const number = numbers.get(text) ?? numbers.size + 1
    numbers.set(text, number)
    return `${kind}-${number}`
  }
}

/** A provider knows whose request it was. */
const leftOut: ReadonlySet<string> = new Set(["requestId", "labelFingerprint"])

const fingerprint = /^fp_[A-Za-z0-9_-]{16}$/
const address = /[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+/g
const home = /(?:\/home\/|\/Users\/|[A-Za-z]:\\Users\\)[^/\\\s"']+|\/root(?=\/)/g

const known: ReadonlySet<string> = new Set([
  "auth.json",
  ".credentials.json",
  "oauth_creds.json",
  "hosts.json",
  "apps.json",
  ".env"
])
