/** Search, filter, and the events that they keep. */
import { EventTable } from "./EventTable.tsx"
import { SearchBar } from "./SearchBar.tsx"

export const EventsPanel = () => (
  <div class="events">
    <SearchBar />
    <EventTable />
  </div>
)
