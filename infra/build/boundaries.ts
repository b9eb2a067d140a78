/**
 * Who may import whom (design: architecture), as a table. `npm run gen` writes it into biome.json as one override per kind of
 * file, because Biome's overrides replace each other instead of adding up; test/boundaries.test.ts proves that they bite.
 */
export const rooms = ['core', 'remediation', 'runbooks', 'guardians', 'bots', 'infra', 'cli', 'console', 'examples', 'test'] as const
export type Room = (typeof rooms)[number]

/** What a room may import of ours, besides itself. `face`: only the files at the top of that room, not its subfolders. */
const mayImport: Record<Room, { rooms: readonly Room[]; faces?: readonly Room[]; inTests?: readonly Room[] }> = {
  core: { rooms: [] },
  remediation: { rooms: ['core'], inTests: ['runbooks'] },
  runbooks: { rooms: ['core', 'remediation'] },
  guardians: { rooms: ['core'] },
  bots: { rooms: ['core'], faces: ['remediation', 'guardians'] },
  infra: { rooms },
  cli: { rooms },
  console: { rooms: [], inTests: rooms },
  examples: { rooms: ['core', 'remediation', 'runbooks', 'guardians', 'bots'] },
  test: { rooms },
}

/** One vendor, one importing place. `test` and `examples` stand outside: they drive the vendors as peers and as fakes. */
const vendors: readonly { modules: readonly string[]; at: readonly string[]; why: string }[] = [
  { modules: ['drizzle-orm', 'better-sqlite3'], at: ['core/store'], why: 'The database is reached through core/store only.' },
  {
    modules: ['pg'],
    at: ['core/store', 'core/hooks/agent/postgres'],
    why: 'The store is reached through core/store, a database that an agent keeps through core/hooks/agent/postgres.',
  },
  { modules: ['@slack/bolt', '@slack/web-api', '@slack/types'], at: ['bots/slack'], why: 'Slack is reached through bots/slack only.' },
  { modules: ['nodemailer'], at: ['bots/pager/smtp.ts'], why: 'Mail goes out by bots/pager/smtp.ts only.' },
  { modules: ['temporal-polyfill'], at: ['core/calendar.ts'], why: 'Dates and zones go through core/calendar.ts only.' },
  { modules: ['node-cron'], at: ['infra/main/schedule.ts'], why: 'Schedules are kept in infra/main/schedule.ts only.' },
  {
    modules: ['@aws-sdk'],
    at: ['guardians/aws', 'guardians/inventory', 'infra/main', 'infra/aws'],
    why: 'AWS is reached through an inventory (guardians/inventory) or infra/main, by the one factory.',
  },
  {
    modules: ['hono', '@hono/node-server', '@hono/zod-openapi'],
    at: [
      'core/api',
      'core/changes/routes.ts',
      'bots/andon/routes.ts',
      'bots/pager/routes.ts',
      'bots/slack/routes.ts',
      'bots/duty/routes.ts',
      'guardians/findings/routes.ts',
      'guardians/routes.ts',
      'infra/main',
    ],
    why: 'HTTP is served by core/api and the routes.ts of a feature, composed in infra/main.',
  },
  { modules: ['pino'], at: ['core/log.ts'], why: 'Take a Log (core/log.ts) as a parameter.' },
  { modules: ['commander'], at: ['cli'], why: 'The command line is parsed in cli only.' },
  { modules: ['yaml'], at: ['core/catalog'], why: 'Configuration is read in core/catalog only.' },
]

interface Restriction {
  group: string[]
  message: string
}

export interface Override {
  includes: string[]
  linter: { rules: { style: { noRestrictedImports: { level: 'error'; options: { patterns: Restriction[] } } } } }
}

/** Places with rules of their own: each room, and each place inside one that may import a vendor. */
const places = (): string[] =>
  [...new Set<string>([...rooms, ...vendors.flatMap((vendor) => vendor.at)])].filter((place) => place !== 'test')

const roomOf = (place: string) => place.split('/')[0] as Room
const glob = (place: string) => (place.endsWith('.ts') ? place : `${place}/**`)

/** The overrides of biome.json: for each place its shipped files, and its tests (which may also use test/ and serve HTTP). */
export function boundaries(): Override[] {
  return places().flatMap((place) => {
    const inner = places()
      .filter((other) => other.startsWith(`${place}/`))
      .map((other) => `!${glob(other)}`)
    const shipped = override([glob(place), '!**/*.test.ts', '!**/*.test.tsx', ...inner], restrictions(place, false))
    if (place.endsWith('.ts')) return [shipped]
    return [shipped, override([`${place}/**/*.test.ts`, `${place}/**/*.test.tsx`, ...inner], restrictions(place, true))]
  })
}

function restrictions(place: string, tests: boolean): Restriction[] {
  const room = roomOf(place)
  const { rooms: whole, faces = [], inTests = [] } = mayImport[room]
  const open = new Set<Room>([room, ...whole, ...(tests ? (['test', ...inTests] as const) : [])])
  const closed = rooms.filter((other) => !open.has(other) && !faces.includes(other))
  const free =
    room === 'examples'
      ? vendors.map(() => true)
      : vendors.map(({ at, modules }) => at.some((home) => within(place, home)) || (tests && modules.includes('hono')))
  return [
    ...(closed.length > 0
      ? [
          {
            group: closed.map((other) => `**/${other}/**`),
            message: `${room} must not import ${closed.join(', ')}: see "Who may import whom" in CONTRIBUTING.md.`,
          },
        ]
      : []),
    ...(faces.length > 0
      ? [{ group: faces.map((other) => `**/${other}/*/**`), message: `${room} sees only the files at the top of ${faces.join(' and ')}.` }]
      : []),
    ...(room === 'examples' ? [] : [{ group: ['jidoka', 'jidoka/**'], message: 'Import the file itself, not our own package.' }]),
    ...vendors
      .filter((_, index) => !free[index])
      .map(({ modules, why }) => ({ group: modules.flatMap((name) => [name, `${name}/**`]), message: why })),
  ]
}

const within = (place: string, home: string) => place === home || place.startsWith(`${home}/`)

const override = (includes: string[], patterns: Restriction[]): Override => ({
  includes,
  linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } },
})
