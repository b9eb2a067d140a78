import { describe, expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { isFault } from '../errors.ts'

const database = (at: number, more: object = {}, postgres: object = {}) => ({
  id: `db-${at}`,
  agent: `a-${at}`,
  postgres: { bin: '/usr/lib/postgresql/15/bin', data: `/data/db-${at}`, port: 5_432, ...postgres },
  ...more,
})
const agent = (at: number, more: object = {}) => ({
  id: `a-${at}`,
  url: `http://10.0.0.${at}:7001`,
  guard: `http://10.0.0.${at}:7002`,
  ...more,
})
const probes = [{ kind: 'hook', everyMs: 100, timeoutMs: 200, failAfter: 2, jitter: 0 }]

/** Two databases on two hosts; `more` changes the component. */
const pair = (more: object = {}, agents: object[] = [agent(1), agent(2)]) => ({
  agents,
  components: [{ id: 'db', topology: 'active-standby', members: [database(1), database(2)], roleLease: {}, probes, ...more }],
})

function problems(input: object): string[] {
  try {
    parseConfig(input, 'x')
    return []
  } catch (error) {
    if (isFault(error)) return error.details.lines as string[]
    throw error
  }
}

const lease = (ttlMs: number, renewMs: number, marginMs: number) => pair({ roleLease: { ttlMs, renewMs, marginMs } })

test('a sound pair of databases is accepted, by default and tight', () => {
  expect(problems(pair())).toEqual([])
  expect(problems(lease(2_000, 250, 250))).toEqual([])
  expect(problems(pair({ route: { haproxy: { socket: '127.0.0.1:9999', backend: 'db', servers: { 'db-1': 'one' } } } }))).toEqual([])
})

describe('timings are refused with the arithmetic, and the value that would do', () => {
  test('two lost renewals would take the role: others accept such, and lose it all the time', () => {
    expect(problems(lease(5_000, 1_200, 500))).toEqual([
      'components[0].roleLease: of ttlMs 5000, sessions are ended 500 ms early, and one renewMs 1200 is used up when it is renewed: 3300 ms are left, ' +
        'less than renewMs x 3 = 3600, so that two lost renewals would take the role from a healthy member. ' +
        'Slowest detection 400 ms, worst-case outage: last renewal 400 + ttlMs 5000 + marginMs 500 = 5900 ms; renewMs may be at most 1125',
    ])
    expect(problems(lease(5_000, 1_125, 500))).toEqual([])
  })

  test('two could be active, because the kill is given more time than the margin covers', () => {
    expect(problems(lease(5_000, 1_000, 150))).toEqual([
      'components[0].roleLease: marginMs 150 is less than the 150 ms that the kill of a database is given + 50 ms of slack: ' +
        'two could be active for 50 ms. marginMs must be at least 200',
    ])
    expect(problems(lease(5_000, 1_000, 200))).toEqual([])
  })

  test('nobody would ever be promoted, because no fence waits so long', () => {
    expect(problems(lease(60_000, 1_000, 500))).toEqual([
      'components[0].roleLease: ttlMs 60000 + marginMs 500 = 60500 is more than the 29500 ms that a fence waits for a lease: ' +
        'while the active member cannot be reached, nobody would ever be promoted. ttlMs may be at most 29000',
    ])
    expect(problems(lease(29_000, 1_000, 500))).toEqual([])
  })
})

describe('a database that nobody could end, or that two would keep', () => {
  test.each<[string, object, string[]]>([
    [
      'without a lease',
      pair({ roleLease: undefined }),
      ['components[0].roleLease: missing; a database is active only as long as its role is renewed, or two could take writes'],
    ],
    [
      'in a pool',
      pair({ topology: 'pool', roleLease: undefined }),
      ['components[0].topology: members of kind "postgres" need active-standby'],
    ],
    [
      'without an agent',
      pair({ members: [database(1), database(2, { agent: undefined })], probes: [] }),
      [
        'components[0].members[1]: active-standby needs hooks (or an agent) on each member: its role is read and changed there',
        'components[0].members[1].postgres: nobody keeps it; name the agent in components[0].members[1].agent',
      ],
    ],
    [
      'without a guard',
      pair({}, [agent(1), agent(2, { guard: undefined })]),
      ['agents[1].guard: missing; a-2 keeps databases (components[0].members[1]), and nobody would end them while it is frozen'],
    ],
    [
      'whose guard has the place of the agent',
      pair({}, [agent(1), agent(2, { guard: 'http://10.0.0.2:7001' })]),
      ['agents[1].guard: 10.0.0.2:7001 is taken already by agents[1].url'],
    ],
    [
      'that is a process too, or has hooks of its own, or runs as root',
      pair({ members: [database(1, { process: { command: ['x'] } }), database(2, { hooks: 'http://h' }, { osUser: 'root' })] }),
      [
        'components[0].members[0].process: a member has either a process or a postgres',
        'components[0].members[1].hooks: its agent answers for a database; leave them out',
        'components[0].members[1].postgres.osUser: PostgreSQL does not run as root; name another user',
      ],
    ],
    [
      'beside something else',
      pair({ members: [database(1), { id: 'db-2', hooks: 'http://h' }] }),
      ["components[0].members[1]: db-2 is no database, and others of its component are; they cannot take each other's place"],
    ],
    [
      'on one port, and one folder in the other, of one agent',
      pair({ members: [database(1), { ...database(2, {}, { data: '/data/db-1/two' }), agent: 'a-1' }] }),
      [
        'components[0].members[1].postgres.port: 5432 is taken already by components[0].members[0], of the same agent',
        'components[0].members[1].postgres.data: /data/db-1/two and that of components[0].members[0] (/data/db-1) are one in the other',
      ],
    ],
    [
      'that two would make',
      pair({ members: [database(1, {}, { bootstrap: true }), database(2, {}, { bootstrap: true })] }),
      [
        'components[0].members[1].postgres.bootstrap: components[0].members[0] makes the database already; two would be strangers to each other',
      ],
    ],
    [
      'with the switch of a service',
      pair({ ladder: ['failover-active-standby', 'page'] }),
      ['components[0].ladder[0]: failover-active-standby: it does not compare the WAL of databases; use failover-database'],
    ],
  ])('%s', (_, input, lines) => {
    expect(problems(input)).toEqual(lines)
  })

  test('what is for databases only', () => {
    const members = [1, 2].map((at) => ({ id: `s-${at}`, hooks: `http://s-${at}` }))
    expect(
      problems({ components: [{ id: 's', topology: 'active-standby', members, replication: {}, ladder: ['failover-database', 'page'] }] }),
    ).toEqual([
      'components[0].replication: it is for members of kind "postgres", and there is none',
      'components[0].ladder[0]: failover-database: it is for members of kind "postgres"',
    ])
  })
})

test('a route that knows its servers', () => {
  const haproxy = { socket: 'haproxy.sock', backend: 'db', servers: { 'db-3': 'x', 'db-1': 'db-2' } }
  expect(problems(pair({ route: { haproxy } }))).toEqual([
    'components[0].route.haproxy.socket: expected an absolute path or HOST:PORT, got "haproxy.sock"',
    'components[0].route.haproxy.servers: no member "db-3" (did you mean "db-1"?)',
    'components[0].route.haproxy.servers: db-1 and db-2 are both the server "db-2"',
  ])
})
