/** What `doctor` says of hermes' file: its profiles, what of it is only read, and what hermes itself calls dead. */
import { profileOf, rootOf } from "@daybook/vault/HermesProfiles"
import { noLedger } from "@daybook/vault/HermesStore"
import type { Login } from "@daybook/vault/Login"
import { Vault } from "@daybook/vault/Vault"
import { Effect } from "effect"
import { basename, join } from "node:path"
import { fine, type Finding, note } from "./Finding.ts"
import type { Row } from "./PoolView.ts"

/** `rows` are the pool's credentials. */
export const ofHermesLogins = Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
  const vault = yield* Vault
  const { logins } = yield* vault.logins
  const inHermes = logins.filter(({ store }) => store.kind === "hermes")
  const opened = vault.sources.flatMap(({ kind, path }) => (kind === "hermes" && path !== undefined ? [path] : []))
  return [
    ...opened.flatMap(ofOpenedProfile),
    ...ofProfiles(inHermes, opened),
    ...inHermes.flatMap(ofDeath),
    ...(yield* Effect.forEach(inHermes.filter(isOurs), (login) => ofRefusal(login, servedMeanwhile))).flat(),
    ...(yield* Effect.forEach(unshown(rows, inHermes), (row) => ofRefusal(row, removeIt(row)))).flat()
  ]
})

const servedMeanwhile = "Until then its access token is served while it is good."

const removeIt = ({ id }: Row): string =>
  `Log in to it again with hermes if it should be used, or take it out with \`daybook remove ${id}\`.`

/** What hermes was told not to use, or has removed, is not among the logins of its file. */
const unshown = (rows: ReadonlyArray<Row>, logins: ReadonlyArray<Login>): ReadonlyArray<Row> =>
  rows.filter(
    ({ store }) =>
      store.kind === "hermes" &&
      !logins.some((login) => login.store.path === store.path && login.store.slot === store.slot)
  )

const isOurs = ({ kind, ownership }: Login): boolean => kind === "oauth" && ownership === "owned"

const ofOpenedProfile = (path: string): ReadonlyArray<Finding> => {
  const profile = profileOf(path)
  return profile === undefined
    ? []
    : [
        note(
          path,
          `it is hermes' profile ${profile}, which is only read`,
          `Open ${join(rootOf(path), basename(path))} with --vault for the logins that profiles share.`
        )
      ]
}

const ofProfiles = (logins: ReadonlyArray<Login>, opened: ReadonlyArray<string>): ReadonlyArray<Finding> => {
  const paths = new Set(logins.flatMap(({ store: { path } }) => (path === undefined ? [] : [path])))
  return [...paths].flatMap((path) => {
    const profile = profileOf(path)
    if (profile === undefined || opened.includes(path)) return []
    const count = new Set(logins.filter(({ store }) => store.path === path).map(({ store }) => store.slot)).size
    const have = count === 1 ? "1 login of its own" : `${count} logins of its own`
    return [fine(path, `hermes' profile ${profile} has ${have}; Daybook shows them and hermes refreshes them`)]
  })
}

const ofDeath = (login: Login): ReadonlyArray<Finding> =>
  login.lastAuthError === undefined
    ? []
    : [note(nameOf(login), `hermes says that it is dead: ${login.lastAuthError.code}`, "Log in again with hermes.")]

/** Bindings are told with the file. */
const ofRefusal = (login: Named, next: string) =>
  Vault.use((vault) => vault.authority(login.store)).pipe(
    Effect.map(({ whyReadOnly = noLedger }): ReadonlyArray<Finding> =>
      whyReadOnly === noLedger || whyReadOnly.startsWith("it is bound to")
        ? []
        : [note(nameOf(login), `only read: ${whyReadOnly}`, next)]
    ),
    Effect.orElseSucceed((): ReadonlyArray<Finding> => [])
  )

type Named = Pick<Login, "id" | "provider" | "store">

const nameOf = ({ id, provider, store }: Named): string =>
  `${id ?? store.slot} (${provider}, ${store.path ?? store.kind})`
