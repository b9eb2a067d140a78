import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sockets } from './sockets.ts'
import type { Web } from './web.ts'

/**
 * The same door over HTTP on loopback, for apps in processes of their own: `slackApiUrl: workspace.apiUrl` is all they need, and
 * faults reach them too. Socket Mode connects here as well.
 */
export async function openGateway() {
  let web: Web | undefined
  let sockets: Sockets | undefined
  const server = createServer((request, response) => void serve(request, response))
  server.on('upgrade', (request, socket, head) => sockets?.upgrade(request, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `127.0.0.1:${(server.address() as AddressInfo).port}`

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const headers = Object.fromEntries(['authorization', 'content-type'].flatMap((name) => headerOf(request, name)))
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    try {
      if (!web) throw new Error('the workspace is not open yet')
      const text = /json|urlencoded/.test(headers['content-type'] ?? '')
      const answer = await web.fetch(`http://${origin}${request.url}`, {
        method: request.method ?? 'GET',
        headers,
        ...(body.length > 0 ? { body: text ? body.toString('utf8') : body } : {}),
        signal: gone.signal,
      })
      response.writeHead(answer.status, Object.fromEntries(answer.headers))
      response.end(Buffer.from(await answer.arrayBuffer()))
    } catch {
      // A network fault: the caller sees its connection reset.
      response.destroy()
    }
  }

  return {
    http: `http://${origin}`,
    ws: `ws://${origin}`,
    serve(parts: { web: Web; sockets: Sockets }): void {
      web = parts.web
      sockets = parts.sockets
    },
    close: () => closed(server),
  }
}

const headerOf = (request: IncomingMessage, name: string): [string, string][] => {
  const value = request.headers[name]
  return typeof value === 'string' ? [[name, value]] : []
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
}
