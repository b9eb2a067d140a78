import { type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type Clock, sleep, systemClock } from '../clock.ts'
import { fault, problemOf } from '../errors.ts'
import { problemType } from '../hooks/contract.ts'
import type { Api } from './app.ts'

export interface ServeOptions {
  host: string
  /** 0: any that is free. */
  port: number
  clock?: Clock
  /** For the headers of a request; its body has a limit of its own in the app. */
  headersTimeoutMs?: number
  /** How long requests may go on when it closes. */
  graceMs?: number
}

export interface Served {
  url: string
  /** Takes no more, ends the streams, lets the rest finish for `graceMs`, then cuts it. */
  close(): Promise<void>
}

/** Serves an app. Throws `address-in-use`, or `usage` for an address that is not ours. */
export async function serve(
  app: Pick<Api, 'fetch'>,
  { host, port, clock = systemClock, headersTimeoutMs = 10_000, graceMs = 2_000 }: ServeOptions,
): Promise<Served> {
  const closing = new AbortController()
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, { ...env, closing: closing.signal }),
    serverOptions: {
      headersTimeout: headersTimeoutMs,
      requestTimeout: headersTimeoutMs + 60_000,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 65_000,
    },
  }) as Server
  server.on('clientError', answerBroken)
  // A connection that is kept for a next request must not hold up the closing.
  server.on('request', (_, response) => response.once('close', () => closing.signal.aborted && server.closeIdleConnections()))
  await listen(server, host, port)
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      const done = new AbortController()
      closing.abort()
      await Promise.race([closed, sleep(clock, graceMs, done.signal)])
      done.abort()
      server.closeAllConnections()
      await closed
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const address = `${host}:${port}`
      if (error.code === 'EADDRINUSE') reject(fault('address-in-use', { address }, error))
      else
        reject(
          fault(
            'usage',
            {
              problem: `It cannot listen on ${address} (${error.code ?? error.message}).`,
              hint: 'Pass a --host of this machine and a --port that you may use.',
            },
            error,
          ),
        )
    }
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

/** What never became a request: too slow, too long, or not HTTP. Answered as a problem all the same, then cut. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const known =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? fault('body-too-slow', { limitMs: 'the time for it' })
      : fault('malformed-body', { problem: 'the request is not HTTP' })
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW' ? { ...problemOf(known), status: 431, title: 'The headers are too large.' } : problemOf(known)
  const text = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  )
}
