import { descendants, list, type Seen } from '../../examples/platform/processes.ts'
import { startPostgres } from '../postgres.ts'

/** The PostgreSQL that the controllers share; its processes may be killed and frozen. */
export interface StoreServer {
  url: string
  processes(): Seen[]
  start(): Promise<void>
  stop(): Promise<void>
}

export async function openStoreServer(): Promise<StoreServer> {
  const server = await startPostgres()
  const url = await server.database()
  const port = new URL(url).port
  const processes = () => {
    const [postmaster] = list().filter(
      ({ command, state }) =>
        !state.startsWith('Z') && /bin\/postgres\b/.test(command) && command.includes(`-p ${port}`) && !command.startsWith('/bin/sh'),
    )
    return postmaster ? [postmaster, ...descendants(postmaster.pid)] : []
  }
  return { url, processes, start: () => server.start(), stop: () => server.stop() }
}
