import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface Reach {
  host: string
  port: number
  /** TLS from the first byte; its certificate is looked at, too. */
  tls?: boolean
  timeoutMs?: number
}

/** Whether a connection comes about; says nothing to whoever answers. Null: it does, else why not. */
export function reach({ host, port, tls = false, timeoutMs = 5_000 }: Reach): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = tls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port })
    const end = (problem: string | null) => {
      socket.destroy()
      resolve(problem)
    }
    socket.setTimeout(timeoutMs, () => end(`no answer within ${timeoutMs} ms`))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    socket.once(tls ? 'secureConnect' : 'connect', () => end(null))
  })
}
