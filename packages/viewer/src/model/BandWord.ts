/** How a credential stands, in the word that its band has. */
import type { CredentialStatus } from "@daybook/pool/queries/Status"
import type { BandWord } from "../Picture.ts"

/** While an attempt is open it is refreshing, unless it is dead or paused: then the attempt is not what counts. */
export const bandWordOf = ({ refreshing, word }: Pick<CredentialStatus, "refreshing" | "word">): BandWord =>
  refreshing && word !== "dead" && word !== "paused" ? "refreshing" : word
