import { openPool } from "daybook"

await using pool = await openPool()

const balance = () =>
  pool.withCredential("openai-codex", async ({ headers }, report) => {
    const response = await fetch("https://api.openai.com/v1/models", { headers, redirect: "manual" })
    await report(response)
    if (!response.ok) throw new Error(`the API answered ${response.status}`)
    return response.json()
  })
console.log(typeof balance)
