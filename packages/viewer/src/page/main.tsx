/** Begins the page. */
import { render } from "preact"

const root = document.getElementById("page")
if (root !== null) render(<main>Daybook</main>, root)
