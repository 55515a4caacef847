/** A model API that answers at once, in a process of its own: 1 KB of JSON, or 20 events of a stream. */
import { createServer } from "node:http"

const json = JSON.stringify({ id: "resp", text: "x".repeat(1_000) })
const event = `data: ${JSON.stringify({ delta: "x".repeat(40) })}\n\n`

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    if (request.url !== "/v1/stream") {
      response.writeHead(200, { "content-type": "application/json", "content-length": json.length }).end(json)
      return
    }
    response.writeHead(200, { "content-type": "text/event-stream" })
    for (let count = 0; count < 20; count += 1) response.write(event)
    response.end()
  })
})
server.listen(0, "127.0.0.1", () => process.send?.(server.address()))
process.on("disconnect", () => process.exit())
