/** The page without a ledger to show: not there yet, empty, or not to be read. */
import { Command } from "./Command.tsx"
import { Prose } from "./Foreign.tsx"

export const Opening = () => (
  <main class="whole">
    <h2>Opening the ledger</h2>
    <p>The first events are on their way.</p>
    <progress aria-label="Opening the ledger" />
  </main>
)

export const Empty = () => (
  <main class="whole">
    <h2>No events yet</h2>
    <p>The ledger is there, and nothing stands in it. This page shows the first event as soon as it is written.</p>
    <Begin />
  </main>
)

/** Where a pool comes from. */
export const Begin = () => (
  <>
    <p>To begin with the logins of another program, or with one of your own:</p>
    <Command text="daybook import" />
    <Command text="daybook login" />
  </>
)

export const Failed = ({ why }: { readonly why: string }) => (
  <main class="whole">
    <h2>The ledger cannot be shown</h2>
    <p role="alert">
      <Prose text={why} />
    </p>
    <p>What is wrong with the file, and from where on:</p>
    <Command text="daybook verify" />
    <p>
      <button type="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </p>
  </main>
)
