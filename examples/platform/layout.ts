import { existsSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConfigInput } from '../../core/catalog/schema.ts'

/**
 * Where everything of the example platform is.
 *
 *   edge      router  traffic  hubble-1  aries-1  dipper-3
 *   tokyo-a   polaris-1  dipper-1  leo-1
 *   tokyo-c   polaris-2  dipper-2  capricorn-1
 *
 * tokyo-a and tokyo-c are two "nodes": an agent, and the processes that it keeps. Either may be lost. The edge is what
 * is left of the world then: the router that finds the other Polaris, and the traffic that notices.
 */
export interface LayoutOptions {
  /** Everything shifts with it. */
  basePort?: number
  dataFolder: string
  /** Where pulls are announced, when there is a Slack to try it with. */
  slack?: { channel: string; apiUrl?: string; mode?: 'socket' | 'http' }
}

type ComponentInput = NonNullable<ConfigInput['components']>[number]
type MemberInput = ComponentInput['members'][number]

export const defaultBasePort = 7_100
/** Added to the base; agents are a hundred above the members. */
const offsets = {
  router: 0,
  'polaris-1': 1,
  'polaris-2': 2,
  'dipper-1': 11,
  'dipper-2': 12,
  'dipper-3': 13,
  'hubble-1': 21,
  'aries-1': 31,
  'leo-1': 41,
  'capricorn-1': 51,
  traffic: 61,
  'tokyo-a': 101,
  'tokyo-c': 102,
  edge: 103,
} as const
export type PlaceName = keyof typeof offsets

export const nodes = {
  'tokyo-a': ['polaris-1', 'dipper-1', 'leo-1'],
  'tokyo-c': ['polaris-2', 'dipper-2', 'capricorn-1'],
  edge: ['router', 'traffic', 'hubble-1', 'aries-1', 'dipper-3'],
} as const satisfies Record<string, readonly PlaceName[]>

export const portOf = (place: PlaceName, basePort = defaultBasePort) => basePort + offsets[place]
export const urlOf = (place: PlaceName, basePort = defaultBasePort) => `http://127.0.0.1:${portOf(place, basePort)}`

/** All that the example writes: logs, tokens, marks of what was broken on purpose. */
export const exampleFolder = (dataFolder: string) => join(resolve(dataFolder), 'example')

/** A script of this folder, as source or as built: `polaris.ts` here, or `polaris.js` in `example/` beside the bundle. */
export function scriptOf(name: string): string {
  const here = fileURLToPath(import.meta.url)
  const candidates = [join(dirname(here), `${name}${extname(here)}`), join(dirname(here), 'example', `${name}.js`)]
  return candidates.find((path) => existsSync(path)) ?? (candidates[0] as string)
}

const probe = { everyMs: 250, timeoutMs: 300, failAfter: 3 }

/** The configuration of the platform; give it to the controller and to the agents alike. */
export function exampleConfig({ basePort = defaultBasePort, dataFolder, slack }: LayoutOptions): ConfigInput {
  const folder = exampleFolder(dataFolder)
  const at = (place: PlaceName) => urlOf(place, basePort)

  function member(id: PlaceName, script: string, peers: readonly PlaceName[], more: string[] = []): MemberInput {
    const agent = Object.keys(nodes).find((node) => (nodes[node as keyof typeof nodes] as readonly PlaceName[]).includes(id)) as string
    const to = peers.flatMap((peer) => ['--peer', at(peer)])
    return {
      id,
      site: agent,
      agent,
      address: at(id),
      hooks: at(id),
      process: {
        command: [process.execPath, scriptOf(script), id, '--port', String(portOf(id, basePort)), '--folder', folder, ...to, ...more],
        // Types are stripped once and kept: it halves the time that a process needs to come back.
        env: { NODE_COMPILE_CACHE: join(folder, 'compile-cache') },
        stopGraceMs: 1_000,
      },
    }
  }

  const dippers = ['dipper-1', 'dipper-2', 'dipper-3'] as const
  const pool = (id: string, title: string, members: MemberInput[], dependsOn: string[] = []): ComponentInput => ({
    id,
    title,
    owner: 'team-core',
    dependsOn,
    members,
    probes: [{ kind: 'hook', ...probe }],
    ladder: ['restart-process', 'page'],
    // Generous: people who try the example kill the same process again and again.
    guards: { attempts: 20, windowMs: 60_000 },
  })

  const polaris: ComponentInput = {
    ...pool(
      'polaris',
      'Packet transfer',
      [member('polaris-1', 'polaris', ['polaris-2', ...dippers]), member('polaris-2', 'polaris', ['polaris-1', ...dippers])],
      ['dipper'],
    ),
    topology: 'active-standby',
    ladder: ['restart-process', 'failover-active-standby', 'page'],
    route: { hooks: at('router') },
    roleLease: { ttlMs: 3_000 },
    guards: { attempts: 20, windowMs: 60_000, cooldownMs: 1_000 },
  }
  const watched: PlaceName[] = ['router', 'polaris-1', 'polaris-2', ...dippers, 'aries-1', 'leo-1', 'capricorn-1']
  // The traffic driver knows nothing of us: its agent keeps it, and a plain HTTP probe looks at it.
  const { hooks: _none, ...driver } = member('traffic', 'traffic', ['router'], ['--rate', '50'])

  return {
    components: [
      pool('gateway', 'Router in front of Polaris', [member('router', 'router', ['polaris-1', 'polaris-2'])], ['polaris']),
      polaris,
      pool(
        'dipper',
        'Sessions and authentication',
        dippers.map((id) => member(id, 'dipper', [])),
      ),
      pool('hubble', 'Monitoring', [member('hubble-1', 'hubble', watched)]),
      pool('aries', 'Signalling', [member('aries-1', 'aries', ['leo-1'])], ['leo']),
      pool('leo', 'SIM authentication', [member('leo-1', 'leo', [])]),
      pool('capricorn', 'Messaging', [member('capricorn-1', 'capricorn', [])]),
      { ...pool('traffic', 'Traffic driver', [driver], ['gateway']), probes: [{ kind: 'http', path: '/traffic', ...probe }] },
    ],
    agents: (Object.keys(nodes) as (keyof typeof nodes)[]).map((id) => ({ id, url: at(id), site: id })),
    // A demonstration may well break the same process again and again; that is no flapping.
    flap: { changes: 30, withinMs: 60_000 },
    ...crew,
    ranges: [
      {
        id: 'lines',
        title: 'Lines refused within the last minute',
        components: ['polaris', 'dipper', 'gateway'],
        query: { kind: 'http', url: `${at('traffic')}/range` },
        everyMs: 10_000,
      },
    ],
    ...(slack ? { slack } : {}),
  }
}

/** Who answers for the platform, and who is asked outside. All of them are made up. */
const crew = {
  people: [
    { id: 'aki', name: 'Aki', teams: ['team-core'], locale: 'ja', zone: 'Asia/Tokyo', phone: '+81 3 0000 0001' },
    { id: 'ben', name: 'Ben', teams: ['team-core'], zone: 'Europe/Berlin', phone: '+49 30 000002' },
    { id: 'chika', name: 'Chika', teams: ['team-core'], locale: 'ja', zone: 'Asia/Tokyo', phone: '+81 3 0000 0003' },
    { id: 'dan', name: 'Dan', teams: ['team-network'], phone: '+1 555 0100' },
    { id: 'emi', name: 'Emi', teams: ['team-sales'], locale: 'ja', phone: '+81 3 0000 0005' },
  ],
  teams: [
    { id: 'team-core', title: 'Core', policy: 'core' },
    { id: 'team-network', title: 'Network' },
    { id: 'team-sales', title: 'Sales' },
  ],
  schedules: [
    { id: 'core', title: 'Core on call', zone: 'Asia/Tokyo', layers: [{ people: ['aki', 'ben', 'chika'], start: '2026-11-02T09:00' }] },
  ],
  policies: [{ id: 'core', levels: [{ notify: ['schedule:core'] }, { notify: ['team:team-core'] }] }],
  // At 18:00 in Tokyo and 10:00 in Berlin: everybody's working day.
  duty: { people: ['aki', 'ben', 'chika', 'dan', 'emi'], newcomers: ['emi'], at: '09:00' },
  guardians: { fallback: 'ben' },
  andon: { policy: 'core', swarm: ['team:team-network', 'team:team-sales'] },
  carriers: [
    {
      id: 'northwind',
      name: 'Northwind Mobile',
      contact: 'noc@northwind.example',
      phone: '+44 20 0000 0000',
      zone: 'Europe/London',
      components: ['aries', 'polaris'],
    },
    {
      id: 'minato',
      name: 'みなと通信',
      contact: 'https://desk.minato.example',
      locale: 'ja',
      zone: 'Asia/Tokyo',
      components: ['aries', 'leo'],
    },
  ],
} satisfies Partial<ConfigInput>
