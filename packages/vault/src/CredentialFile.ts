/** Another program's login file, as a declaration: all that must be known to read it. */

/** Where another program keeps its login, and under which names. */
export interface CredentialFile {
  /** Who owns it, for people: `Claude Code`. */
  readonly owner: string
  /** Absolute: `~` and environment variables were expanded by whoever made this. */
  readonly path: string
  /** Whose login it is. */
  readonly provider: string
  /**
   * Where in the file the login stands, by names from the top: `["claudeAiOauth"]`; at the top unless given. `*`, at
   * most once, is any name: each object there is a login of its own.
   */
  readonly at?: ReadonlyArray<string>
  /** What its members are called there; as in RFC 6749 section 5.1, and `expires_at`, unless given. */
  readonly members?: CredentialMembers
  /** What the owner's user does to renew it: `run claude`. */
  readonly renew: string
}

export interface CredentialMembers {
  readonly access: string
  readonly refresh?: string
  readonly idToken?: string
  /** The provider's stable name of the account. */
  readonly account?: string
  /** Epoch seconds, epoch milliseconds or ISO 8601, as a number or as a text; 0 is unknown. */
  readonly expiresAt?: string
  /** The address of the API that came with the tokens. */
  readonly resource?: string
}
