import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startServer } from './postgres.ts'
import { starterVariable } from './shared-postgres.ts'

/** Once per run: one PostgreSQL for all files that only want databases of their own, started by the first that asks. */
export async function setup(): Promise<() => Promise<void>> {
  let started: ReturnType<typeof startServer> | undefined
  const starter = createServer(async (_, response) => {
    started ??= startServer()
    try {
      response.end((await started).url)
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  await new Promise<void>((resolve) => starter.listen(0, '127.0.0.1', resolve))
  starter.unref()
  process.env[starterVariable] = `http://127.0.0.1:${(starter.address() as AddressInfo).port}`
  return async () => {
    starter.close()
    starter.closeAllConnections()
    await started?.then(
      (server) => server.stop(),
      () => {},
    )
  }
}
