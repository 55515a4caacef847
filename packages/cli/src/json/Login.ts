/** What `login --json` answers, and before that, on stderr, what the person has to do: a document a line. */
import { CredentialId } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { Kept } from "@daybook/refresher/KeepLogin"
import type { Prompt as PromptOf } from "@daybook/refresher/Person"
import { Schema } from "effect"
import { Place, placeOf } from "./Place.ts"

const said = (description: string) => ({ description })

export const Login = Schema.Struct({
  credential: CredentialId,
  provider: Schema.String,
  label: Schema.NullOr(Schema.String),
  renewed: Schema.Boolean.annotate(said("It took the place of a former login")),
  store: Place,
  expiresAt: Schema.NullOr(Instant).annotate(said("When the access token ends")),
  deadline: Schema.NullOr(Instant).annotate(said("When the whole login ends, whatever is refreshed"))
})

export const loginJson = ({ credential, held, label, provider, renewed, store }: Kept): typeof Login.Type => ({
  credential,
  provider,
  label: label ?? null,
  renewed,
  store: placeOf(store),
  expiresAt: held.generation.expiresAt ?? null,
  deadline: held.generation.deadline ?? null
})

const url = Schema.String.annotate(said("To be opened in a browser"))

const prompt = <Word extends string, Fields extends Schema.Struct.Fields>(event: Word, fields: Fields, says: string) =>
  Schema.Struct({ event: Schema.Literal(event), ...fields }).annotate(said(says))

export const Prompt = Schema.Union([
  prompt("browser", { url, until: Instant }, "In a browser on this machine, whose answer is waited for until then"),
  prompt(
    "device",
    {
      url,
      urlWithCode: Schema.NullOr(Schema.String).annotate(said("The same with the code in it, if there is such")),
      userCode: Schema.String.annotate(said("To be entered there, and to be given to nobody")),
      until: Instant
    },
    "In a browser anywhere; the code is good until then"
  ),
  prompt("paste", { url, until: Instant }, "In a browser anywhere; its answer is read from stdin until then"),
  prompt("ignored", {}, "An answer to another login came by"),
  prompt("notAnAnswer", {}, "There was no code in what was read")
])

export const promptJson = (prompt: PromptOf): typeof Prompt.Type => {
  switch (prompt._tag) {
    case "Browser":
      return { event: "browser", url: prompt.url, until: prompt.until }
    case "Device":
      return {
        event: "device",
        url: prompt.url,
        urlWithCode: prompt.urlWithCode ?? null,
        userCode: prompt.userCode,
        until: prompt.until
      }
    case "Paste":
      return { event: "paste", url: prompt.url, until: prompt.until }
    case "Ignored":
      return { event: "ignored" }
    case "NotAnAnswer":
      return { event: "notAnAnswer" }
  }
}
