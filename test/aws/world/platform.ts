import { once } from 'node:events'
import { createServer as createHttp, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { systemClock } from '../../../core/clock.ts'
import { hookClient } from '../../../core/hooks/client.ts'
import { createHooks, nodeHooks } from '../../../core/hooks/kit/kit.ts'
import { certificate } from './certificates.ts'
import type { Expected } from './seeding.ts'

/** What is not AWS's: members with health hooks, TLS addresses, stores that must agree. Real servers, all on loopback. */
export interface Platform {
  /** A configuration, to be written as JSON. */
  config: object
  /** What a night later is gone from both stores at once: only who remembers yesterday sees it. */
  loseContracts(): void
  expected: Expected[]
  close(): Promise<void>
}

interface Listening {
  server: Server | ReturnType<typeof createTls>
  port: number
}

const token = 'not-a-secret'

async function listening(server: Listening['server']): Promise<Listening> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** A member with the server kit; `version` is what it runs from its next start on. */
async function openMember(serviceId: string, version: string, active: boolean) {
  const begin = (of: string) => nodeHooks(createHooks({ serviceId, version: of, token, roles: true }))
  let handled = begin(version)
  const { server, port } = await listening(createHttp((request, response) => void handled(request, response)))
  const hooks = `http://127.0.0.1:${port}`
  if (active) {
    const client = hookClient({ token: () => token, clock: systemClock })
    await client.control(hooks, { action: 'promote', generation: 1, key: `${serviceId}-1` }, { timeoutMs: 2_000 })
    client.close()
  }
  return {
    ...{ server, hooks },
    restart(of: string) {
      handled = begin(of)
    },
  }
}

const openTls = (name: string, days: number) => {
  const made = certificate(name, days)
  return listening(createTls({ cert: made.Certificate, key: made.PrivateKey }, (socket) => socket.on('error', () => {})))
}

/** `[...]` of rows, as they are just now. */
const openStore = (rows: () => readonly object[]) =>
  listening(createHttp((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows()))))

const lines = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ sim: `8981${String(at).padStart(6, '0')}`, status: at % 5 ? 'active' : 'ready' }))

async function openStores() {
  const states = { lines: lines(400), shadow: lines(400), contracts: lines(300) }
  // Dipper bills three lines that Leo switched off.
  states.shadow = states.shadow.map((line, at) => (at < 3 ? { ...line, status: 'terminated' } : line))
  const [dipper, leo, contractsLeft, contractsRight, agreed] = await Promise.all([
    ...[openStore(() => states.lines), openStore(() => states.shadow)],
    ...[openStore(() => states.contracts), openStore(() => states.contracts), openStore(() => states.lines)],
  ])
  const store = ({ port }: Listening) => ({ kind: 'http', url: `http://127.0.0.1:${port}/rows` })
  const pair = (id: string, left: Listening, right: Listening) => ({ id, left: store(left), right: store(right), keys: ['sim'] })
  return {
    states,
    opened: [dipper, leo, contractsLeft, contractsRight, agreed] as Listening[],
    pairs: [
      { ...pair('lines-billed', dipper as Listening, leo as Listening), title: 'Lines: Dipper and Leo', owner: 'leo-team' },
      { ...pair('contracts', contractsLeft as Listening, contractsRight as Listening), title: 'Contracts', owner: 'dipper-team' },
      { ...pair('lines-shown', dipper as Listening, agreed as Listening), title: 'Lines: Dipper and its console', owner: 'dipper-team' },
    ],
  }
}

export async function openPlatform(): Promise<Platform> {
  const [first, second, third, fourth] = await Promise.all([
    ...[openMember('polaris-session-a', '2.41.1', true), openMember('polaris-session-b', '2.40.7', false)],
    ...[openMember('aries-stp-a', '7.1.0', true), openMember('aries-stp-b', '7.0.3', true)],
  ])
  const members = [first, second, third, fourth] as Awaited<ReturnType<typeof openMember>>[]
  const [soon, long] = [await openTls('smpp.capricorn.example', 5), await openTls('api.dipper.example', 300)]
  const stores = await openStores()
  const member = (id: string, at: number, site: string) => ({ id, site, hooks: members[at]?.hooks })
  const address = ({ port }: Listening) => `127.0.0.1:${port}`
  return {
    config: {
      components: [
        {
          ...{ id: 'polaris-session', title: 'Polaris session gateway', owner: 'polaris-team', topology: 'active-standby' },
          members: [member('polaris-session-a', 0, 'tokyo-1'), member('polaris-session-b', 1, 'tokyo-2')],
        },
        {
          ...{ id: 'aries-stp', title: 'Aries signalling', owner: 'aries-team', topology: 'active-standby' },
          members: [member('aries-stp-a', 2, 'tokyo-1'), member('aries-stp-b', 3, 'tokyo-2')],
        },
      ],
      guardians: {
        pairs: stores.pairs,
        tls: [soon, long].map(({ port }) => ({ host: '127.0.0.1', port })),
        // Nobody in the world but this world trusts its certificates.
        checks: { 'credentials-tls-expiry': { options: { publicTrust: false } } },
      },
    },
    loseContracts() {
      stores.states.contracts = stores.states.contracts.slice(0, 200)
    },
    expected: [
      {
        ...{ check: 'pairing-standby-member', fails: { 'Aries signalling': 'missing' }, passes: ['Polaris session gateway'] },
        mend: async () => members[3]?.restart('7.1.0'),
      },
      {
        ...{ check: 'pairing-skew', fails: { 'Polaris session gateway': 'skew', 'Aries signalling': 'skew' }, passes: [] },
        mend: async () => members[1]?.restart('2.41.1'),
      },
      { check: 'credentials-tls-expiry', fails: { [address(soon)]: 'ending' }, passes: [address(long)] },
      {
        check: 'consistency-pair',
        ...{ fails: { 'Lines: Dipper and Leo': 'different' }, passes: ['Contracts', 'Lines: Dipper and its console'] },
        mend: async () => {
          stores.states.shadow = stores.states.lines
        },
      },
      {
        check: 'consistency-deletions',
        ...{ fails: { Contracts: 'deleted' }, passes: ['Lines: Dipper and Leo', 'Lines: Dipper and its console'] },
        mend: async () => {
          stores.states.contracts = lines(300)
        },
      },
    ],
    async close() {
      for (const { server } of [...members, soon, long, ...stores.opened]) {
        if ('closeAllConnections' in server) server.closeAllConnections()
        server.close()
        await once(server, 'close')
      }
    },
  }
}
