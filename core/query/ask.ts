import type { QueryConfig } from '../catalog/schema-parts.ts'
import type { Clock } from '../clock.ts'
import { scrub } from '../scrub.ts'
import { rowsOf } from '../store/query.ts'
import { bodyOf } from './http.ts'
import { type Asking, failed, parsed } from './problem.ts'
import { outputOf } from './program.ts'

export interface AskPorts {
  clock: Clock
  environment(name: string): string | undefined
  /** Ends a question that nobody waits for any more; what was started for it is killed. */
  signal?: AbortSignal
}

/**
 * Asks a program, an address or a database, and answers its JSON; of a database its rows, at most 10,000. What is asked cannot be
 * changed by it as far as we can see to it: a database is opened for reading. Errors: `query-failed`, which never holds a secret.
 */
export async function ask(query: QueryConfig, ports: AskPorts): Promise<unknown> {
  const common = { clock: ports.clock, timeoutMs: query.timeoutMs, signal: ports.signal }
  if (ports.signal?.aborted) throw failed({ what: query.kind, secrets: [] }, 'nobody waits for it')
  switch (query.kind) {
    case 'exec': {
      const asking: Asking = { ...common, what: `the program ${query.command[0]}`, secrets: [] }
      return parsed(asking, await outputOf({ command: query.command }, asking))
    }
    case 'http': {
      const url = new URL(query.url)
      const secrets = [url.password, decoded(url.password), url.search.slice(1)]
      const asking: Asking = { ...common, what: scrub(`${url.origin}${url.pathname}`), secrets }
      const token = query.secretEnv === undefined ? undefined : needed(query.secretEnv, ports, asking)
      return parsed(asking, await bodyOf(url, token, { ...asking, secrets: [...secrets, token ?? ''] }))
    }
    case 'sql': {
      const asking: Asking = { ...common, what: `the database of ${query.urlEnv}`, secrets: [] }
      const url = needed(query.urlEnv, ports, asking)
      const password = URL.canParse(url) ? new URL(url).password : ''
      return rowsOf(url, query.query, { ...asking, secrets: [url, password, decoded(password)] })
    }
  }
}

function needed(name: string, { environment }: AskPorts, asking: Asking): string {
  const value = environment(name)
  if (value) return value
  throw failed(asking, `the environment variable ${name} is not set`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
