import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHooks, nodeHooks } from '../core/hooks/kit/kit.ts'

/**
 * What several controllers watch: members that answer in this process, so that a test sees every word that reaches them, whichever
 * controller it comes from; and somebody who takes pages.
 */
export interface WatchedPlatform {
  url: string
  controlToken: string
  /** What reached the members, oldest first. */
  calls: { member: string; action: string; key: string; at: number }[]
  /** Pages as they were delivered. */
  pages: { key: string; text: string; at: number }[]
  /** `web` says that it is not well, until it is restarted. */
  fail(): void
  /** Calls that were held back are answered no more, until `answer`. */
  hold(): void
  answer(): void
  /** The configuration of its controllers. */
  config: object
  close(): Promise<void>
}

export async function watchedPlatform(): Promise<WatchedPlatform> {
  const controlToken = 'a-token-of-the-tests'
  const calls: WatchedPlatform['calls'] = []
  const pages: WatchedPlatform['pages'] = []
  let well = true
  let held: (() => void)[] | null = null
  const pair = ['db-1', 'db-2'].map((id) => nodeHooks(createHooks({ serviceId: id, base: `/${id}`, token: controlToken, roles: true })))

  const json = (response: ServerResponse, status: number, body: object, type = 'application/json') =>
    void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, member = '', kind, action = ''] = (request.url ?? '').split('/')
    if (request.method === 'POST' && kind === 'control')
      calls.push({ member, action, key: String(request.headers['idempotency-key']), at: performance.now() })
    if (held && kind === 'control') await new Promise<void>((resolve) => held?.push(resolve))
    for (const hooks of pair) if (hooks(request, response)) return
    if (member === 'pages') {
      let text = ''
      for await (const chunk of request) text += chunk
      pages.push({ key: String(request.headers['idempotency-key']), text, at: performance.now() })
      return json(response, 200, {})
    }
    if (kind === 'health')
      return json(response, well ? 200 : 503, { status: well ? 'pass' : 'fail', serviceId: member }, 'application/health+json')
    if (action === 'restart') well = true
    json(response, 200, { status: 'done' })
  }
  const server: Server = createServer((request, response) => void serve(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const probe = { kind: 'hook', everyMs: 100, timeoutMs: 90, failAfter: 2 }
  return {
    ...{ url, controlToken, calls, pages },
    fail() {
      well = false
    },
    hold() {
      held = []
    },
    answer() {
      const waiting = held ?? []
      held = null
      for (const go of waiting) go()
    },
    config: {
      components: [
        {
          ...{ id: 'web', title: 'Web', topology: 'pool', probes: [probe], ladder: ['restart-process', 'page'] },
          members: [{ id: 'web-1', hooks: `${url}/web-1` }],
        },
        {
          ...{ id: 'db', title: 'Database', topology: 'active-standby', probes: [probe], ladder: ['page'] },
          ...{ roleLease: { ttlMs: 3_000 }, members: ['db-1', 'db-2'].map((id) => ({ id, hooks: `${url}/${id}` })) },
        },
        {
          ...{ id: 'batch', title: 'Batch', topology: 'pool', ladder: ['page'], members: [{ id: 'batch-1' }] },
          probes: [{ kind: 'heartbeat', everyMs: 500, withinMs: 60_000 }],
        },
      ],
      pagers: [{ kind: 'webhook', url: `${url}/pages` }],
    },
    async close() {
      for (const go of held ?? []) go()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
