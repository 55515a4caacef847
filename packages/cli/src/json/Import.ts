/** What `import --json` answers: the logins of another program's file, and what became of them. */
import { CredentialId } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { Imported, Looked } from "@daybook/refresher/ImportLogin"
import { Schema } from "effect"
import type { OthersFile } from "../OthersFile.ts"
import type { Ownership } from "../render/ImportLines.ts"

const said = (description: string) => ({ description })

const Login = Schema.Struct({
  outcome: Schema.Literals(["already there", "taken over", "borrowed"]).annotate(
    said("borrowed: only its access token is used, and its program renews it; taken over: Daybook renews it")
  ),
  credential: Schema.NullOr(CredentialId),
  provider: Schema.String,
  path: Schema.String.annotate(said("The file")),
  account: Schema.NullOr(Schema.String).annotate(said("In clear, as the file or its tokens name it")),
  expiresAt: Schema.NullOr(Instant).annotate(said("When the access token ends")),
  checked: Schema.NullOr(Schema.Literals(["accepted", "form"])).annotate(
    said("accepted: by the provider; form: it has nothing to ask; null of what was there already")
  ),
  replaced: Schema.Array(CredentialId).annotate(said("Members that borrowed it, and are out of the pool now")),
  sameAccount: Schema.Array(CredentialId).annotate(said("Other members of its account: all are one quota"))
})

export const Import = Schema.Struct({ imported: Schema.Array(Login) })

export const importJson = (
  file: OthersFile,
  { account, held, member, sameAccount, target }: Looked,
  imported: Imported | undefined,
  ownership: Ownership
): typeof Login.Type => ({
  outcome: imported === undefined ? "already there" : ownership === "owned" ? "taken over" : "borrowed",
  credential: imported?.credential ?? member?.id ?? null,
  provider: target.provider.id,
  path: file.path,
  account: account ?? null,
  expiresAt: held.generation.expiresAt ?? null,
  checked: imported === undefined ? null : imported.isAccepted ? "accepted" : "form",
  replaced: imported?.replaced ?? [],
  sameAccount: sameAccount.map(({ id }) => id)
})
