import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environment, loadConfig, parseConfig } from './config.ts'
import { isFault, type JidokaError } from './errors.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
function write(ending: string, text: string, name = `c${made++}`): string {
  writeFileSync(join(folder, `${name}${ending}`), text)
  return `${name}${ending}`
}

const problemsOf = async (work: Promise<unknown>): Promise<string[]> => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isFault(error, 'bad-config')) throw new Error('this configuration should be refused', { cause: error })
  return error.details.lines as string[]
}
const load = (file: string) => loadConfig({ file, cwd: folder })

describe('reading', () => {
  test.each([
    ['.json', '{"components":[{"id":"leo","members":[{"id":"leo-1"}]}]}'],
    ['.json', '\uFEFF{"components":[{"id":"leo","members":[{"id":"leo-1"}]}]}'],
    ['.yaml', 'components:\n  - id: leo\n    members:\n      - id: leo-1\n'],
    ['.yml', 'components: [{id: leo, members: [{id: leo-1}]}]'],
    ['.mjs', 'export default { components: [{ id: "leo", members: [{ id: "leo-1" }] }] }'],
    ['.ts', 'const id: string = "leo"\nexport const config = { components: [{ id, members: [{ id: "leo-1" }] }] }'],
  ])('a %s file is read, and what it leaves out has its default', async (ending, text) => {
    const { config, file } = await load(write(ending, text))
    expect(file.startsWith(folder)).toBe(true)
    expect(config.components[0]).toMatchObject({ id: 'leo', topology: 'pool', ladder: ['restart-process', 'page'] })
    expect(config.pagers).toEqual([{ kind: 'log' }])
  })

  test('without a name, the first jidoka.config.* of the working folder is read', async () => {
    const cwd = mkdtempSync(join(folder, 'found-'))
    writeFileSync(join(cwd, 'jidoka.config.yaml'), 'dryRun: true')
    writeFileSync(join(cwd, 'jidoka.config.json'), '{"dryRun":false}')
    expect(await loadConfig({ cwd })).toMatchObject({ file: join(cwd, 'jidoka.config.json'), config: { dryRun: false } })
  })

  test('a file that does not exist, and a folder without one, are told apart from a bad one', async () => {
    const cwd = mkdtempSync(join(folder, 'empty-'))
    for (const options of [{ cwd }, { cwd, file: 'gone.yaml' }]) {
      await expect(loadConfig(options)).rejects.toMatchObject({ code: 'config-not-found', message: expect.stringContaining(cwd) })
    }
  })
})

describe('a file that cannot be parsed names line and column', () => {
  test.each([
    ['.json', '{\n  "components": [\n    oops\n  ]\n}', ["line 3, column 5: Unexpected token 'o'"]],
    ['.json', '{\n  "dryRun": true,\n}', ['line 3, column 1: Expected double-quoted property name']],
    ['.json', '{"components":[1,]}', ["line 1, column 18: Unexpected token ']'"]],
    ['.json', '{"components":[', ['line 1, column 16: Unexpected end of JSON input']],
    ['.json', '', ['line 1, column 1: Unexpected end of JSON input']],
    ['.yaml', 'components:\n  - id: a\n    id: b\n', ['line 3, column 5: Map keys must be unique']],
    ['.yaml', 'dryRun: "yes\n', ['line 2, column 1: Missing closing "quote']],
    ['.toml', 'dryRun = true', ['(top): a file that ends in ".toml" cannot be read; known are .ts, .mts, .js, .mjs, .json, .yaml, .yml']],
  ])('%s %j', async (ending, text, problems) => {
    expect(await problemsOf(load(write(ending, text)))).toEqual(problems)
  })

  test('a YAML file whose aliases unfold without end is refused', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`)
    expect(await problemsOf(load(write('.yaml', ['l0: &l0 [x]', ...levels].join('\n'))))).toEqual([expect.stringContaining('alias')])
  })

  // In Node itself: the test runner's own loader would report these errors in its own words.
  test.each([
    ['.ts', 'export default {\n  dryRun: : true,\n}\n', 'line 2, column 11: Expression expected'],
    ['.ts', 'enum Site { Tokyo }\nexport default {}\n', 'line 1, column 1: TypeScript enum is not supported in strip-only mode'],
    ['.mjs', 'export default {\n  dryRun: : true,\n}\n', 'line 2, column 11: Expression expected'],
    ['.mjs', 'export default {\n  dryRun: maybe(),\n}\n', 'line 2, column 11: maybe is not defined'],
    ['.mjs', 'export const x = 1\n', '(top): exports no configuration; write `export default { components: [ ... ] }`'],
    ['.ts', 'export default { dryRum: true }\n', 'dryRum: unknown key (did you mean "dryRun"?)'],
  ])('%s %j', (ending, text, problem) => {
    const file = write(ending, text)
    const script = `import { loadConfig } from ${JSON.stringify(new URL('./config.ts', import.meta.url).href)}
      try { await loadConfig(${JSON.stringify({ file, cwd: folder })}) } catch (error) { console.log(JSON.stringify(error.details.lines)) }`
    const answer = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(JSON.parse(answer.stdout)).toEqual([problem])
  })
})

const hook = { kind: 'hook', everyMs: 500, timeoutMs: 300, failAfter: 3 }
const pair = (more: object = {}, first: object = {}) => ({
  id: 'polaris',
  topology: 'active-standby',
  members: [
    { id: 'polaris-1', hooks: 'http://127.0.0.1:7101', ...first },
    { id: 'polaris-2', hooks: 'http://127.0.0.1:7102' },
  ],
  probes: [hook],
  ...more,
})
const one = (id: string, more: object = {}) => ({ id, members: [{ id: `${id}-1` }], ...more })

/** Bad configuration -> every line that it is refused with. */
const refused: [name: string, input: unknown, lines: string[]][] = [
  ['not a document', [], ['(top): expected a group of keys, got a list']],
  ['nothing at all', null, ['(top): expected a group of keys, got null']],
  ['an unknown key at the top', { componets: [] }, ['componets: unknown key (did you mean "components"?)']],
  [
    'an unknown key deep inside',
    { components: [{ id: 'a', members: [{ id: 'a-1' }, { id: 'a-2', sitee: 'tokyo' }] }] },
    ['components[0].members[1].sitee: unknown key (did you mean "site"?)'],
  ],
  ['an unknown key that is like nothing', { components: [one('a', { colour: 'red' })] }, ['components[0].colour: unknown key']],
  [
    'an unknown key of a probe',
    { components: [one('a', { probes: [{ kind: 'exec', command: ['true'], everyS: 1 }] })] },
    ['components[0].probes[0].everyS: unknown key (did you mean "everyMs"?)'],
  ],
  ['an unknown key of a default block', { flap: { change: 3 } }, ['flap.change: unknown key (did you mean "changes"?)']],
  [
    'an unknown kind',
    { components: [one('a', { probes: [{ kind: 'htp' }] })] },
    ['components[0].probes[0].kind: expected one of hook, http, tcp, exec, heartbeat; got "htp" (did you mean "http"?)'],
  ],
  [
    'an unknown word',
    { components: [one('a', { topology: 'pol' })] },
    ['components[0].topology: expected one of active-standby, pool; got "pol" (did you mean "pool"?)'],
  ],
  [
    'everything at once',
    {
      components: [{ id: 'A b', members: [] }, one('b', { probes: [{ kind: 'hook', everyMs: 1.5, timeoutMs: 5, failAfter: '3' }] })],
      people: [{ id: 'aki' }],
      dryRun: 'no',
    },
    [
      'components[0].id: expected an id: lower-case letters, digits and dashes, at most 63, got "A b"',
      'components[0].members: expected at least 1 entry, got 0',
      'components[1].probes[0].everyMs: expected a whole number, got 1.5',
      'components[1].probes[0].timeoutMs: expected at least 10, got 5',
      'components[1].probes[0].failAfter: expected a number, got "3"',
      'people[0].name: missing (expected text)',
      'dryRun: expected true or false, got "no"',
    ],
  ],
  [
    'an address that is none',
    { agents: [{ id: 'a', url: 'ftp://user:pw@host/x' }] },
    ['agents[0].url: expected a URL that begins with http:// or https://, got "ftp://(cut)@host/x"'],
  ],
  [
    'a secret of the wrong type',
    { components: [one('a', { members: [{ id: 'a-1', process: { command: ['x'], env: { KEY: 4711 } } }] })] },
    ['components[0].members[0].process.env.KEY: expected text, got a number'],
  ],
  ['an empty ladder', { components: [one('a', { ladder: [] })] }, ['components[0].ladder: expected at least 1 entry, got 0']],
  [
    'a path without a slash',
    { components: [one('a', { probes: [{ kind: 'http', url: 'http://a', path: 'x' }] })] },
    ['components[0].probes[0].path: expected text that starts with "/", got "x"'],
  ],
  [
    'a time without offset',
    { maintenance: [{ from: '2026-01-01', until: '2026-01-02T00:00:00Z', reason: 'r' }] },
    ['maintenance[0].from: expected a time with its offset, like 2026-01-31T09:00:00+09:00, got "2026-01-01"'],
  ],
  ['a share above all', { guards: { maxFailingShare: 0 } }, ['guards.maxFailingShare: expected more than 0, got 0']],
]

/** Passes the schema; refused by what the parts say about each other. */
const contradictory: typeof refused = [
  [
    'two components of one id',
    { components: [one('a'), one('b'), one('a', { members: [{ id: 'a-2' }] })] },
    ['components[2].id: "a" is taken already by components[0].id'],
  ],
  [
    'one member in two components',
    { components: [one('a'), one('b', { members: [{ id: 'a-1' }] })] },
    ['components[1].members[0].id: "a-1" is taken already by components[0].members[0].id'],
  ],
  [
    'agents and people twice',
    {
      agents: [
        { id: 'x', url: 'http://h' },
        { id: 'x', url: 'http://i' },
      ],
      people: [
        { id: 'aki', name: 'Aki' },
        { id: 'aki', name: 'Aki' },
      ],
    },
    ['agents[1].id: "x" is taken already by agents[0].id', 'people[1].id: "aki" is taken already by people[0].id'],
  ],
  [
    'two members behind one hook',
    { components: [pair({}, { hooks: 'http://127.0.0.1:7102' })] },
    ['components[0].members[1].hooks: "http://127.0.0.1:7102" is taken already by components[0].members[0].hooks'],
  ],
  [
    'a dependency that does not exist',
    { components: [one('dipper'), one('b', { dependsOn: ['dippr'] })] },
    ['components[1].dependsOn[0]: no component "dippr" (did you mean "dipper"?)'],
  ],
  [
    'a component that depends on itself',
    { components: [one('a', { dependsOn: ['a'] })] },
    ['components[0].dependsOn: goes in a circle: a -> a'],
  ],
  [
    'dependencies in a circle, told once',
    {
      components: [
        one('z', { dependsOn: ['a'] }),
        one('a', { dependsOn: ['b'] }),
        one('b', { dependsOn: ['c', 'z2'] }),
        one('c', { dependsOn: ['a'] }),
        one('z2'),
      ],
    },
    ['components[1].dependsOn: goes in a circle: a -> b -> c -> a'],
  ],
  [
    'an unknown agent',
    { agents: [{ id: 'tokyo-a', url: 'http://h' }], components: [one('a', { members: [{ id: 'a-1', agent: 'tokyo-b' }] })] },
    ['components[0].members[0].agent: no agent "tokyo-b" (did you mean "tokyo-a"?)'],
  ],
  [
    'a process that nobody runs',
    { components: [one('a', { members: [{ id: 'a-1', process: { command: ['x'] } }] })] },
    ['components[0].members[0].process: nobody runs it; name the agent in components[0].members[0].agent'],
  ],
  [
    'active-standby with one deaf member',
    { components: [one('a', { topology: 'active-standby' })] },
    [
      'components[0].members: active-standby needs at least 2 members, got 1',
      'components[0].members[0]: active-standby needs hooks (or an agent) on each member: its role is read and changed there',
    ],
  ],
  [
    'a ladder that ends in silence',
    { components: [one('a', { ladder: ['page', 'restart-process'] })] },
    ['components[0].ladder: the last rung must be "page", or a fault that nothing mends would end in silence'],
  ],
  [
    'probes without a target',
    {
      components: [
        one('a', {
          members: [{ id: 'a-1' }, { id: 'a-2', address: 'http://h', hooks: 'http://h' }],
          probes: [{ kind: 'hook' }, { kind: 'http' }, { kind: 'tcp', port: 80 }, { kind: 'exec', command: ['x'] }, { kind: 'heartbeat' }],
        }),
      ],
    },
    [
      'components[0].probes[0]: the hook probe has no target for a-1; give the member hooks or an agent',
      'components[0].probes[1]: the http probe has no target for a-1; give the probe a url or the member an address',
      'components[0].probes[2]: the tcp probe has no target for a-1; give the probe host and port or the member an address',
    ],
  ],
  [
    'looks that pile up',
    { components: [pair({ probes: [{ kind: 'hook', everyMs: 20, timeoutMs: 60_000 }] })] },
    ['components[0].probes[0].timeoutMs: 60000 ms with everyMs 20 keeps 3001 looks under way per member; at most 100'],
  ],
  [
    'a lease that one slow renewal would lose',
    { components: [pair({ roleLease: { ttlMs: 3_000, renewMs: 1_500, marginMs: 200 } })] },
    [
      'components[0].roleLease: renewMs 1500 x 3 = 4500 is more than ttlMs 3000: two lost renewals would take the role from a healthy member. ' +
        'Slowest detection 1825 ms, worst-case outage: last renewal 1825 + ttlMs 3000 + marginMs 200 = 5025 ms; renewMs may be at most 1000',
    ],
  ],
  [
    'a lease without an active',
    { components: [one('a', { roleLease: {} })] },
    ['components[0].roleLease: only an active-standby component has an active role to lease'],
  ],
  [
    'maintenance of nothing, ending before it begins',
    {
      components: [one('leo')],
      maintenance: [{ component: 'leon', from: '2026-01-02T00:00:00Z', until: '2026-01-02T00:30:00+09:00', reason: 'disks' }],
    },
    [
      'maintenance[0].component: no component "leon" (did you mean "leo"?)',
      'maintenance[0].until: 2026-01-02T00:30:00+09:00 is not after from (2026-01-02T00:00:00Z)',
    ],
  ],
]

describe('a configuration is refused with every problem', () => {
  test.each([...refused, ...contradictory])('%s', async (_, input, lines) => {
    expect(await problemsOf((async () => parseConfig(input, 'x'))())).toEqual(lines)
  })

  test('the message shows the file and one problem per line', () => {
    try {
      parseConfig({ a: 1, b: 2 }, 'jidoka.config.json')
      expect.unreachable()
    } catch (error) {
      expect((error as JidokaError).message).toBe('The configuration jidoka.config.json is not valid: \n  a: unknown key\n  b: unknown key')
    }
  })

  test('a sound pair is accepted', () => {
    expect(parseConfig({ components: [pair({ roleLease: { ttlMs: 3_000 } })] }, 'x').components[0]?.roleLease).toEqual({
      ttlMs: 3_000,
      marginMs: 500,
    })
  })

  test('ten thousand components in one chain are checked', () => {
    const components = Array.from({ length: 10_000 }, (_, i) => one(`c${i}`, { dependsOn: i < 9_999 ? [`c${i + 1}`] : ['c0'] }))
    expect(() => parseConfig({ components }, 'x')).toThrow('goes in a circle: c0 -> c1 -> c2')
  })
})

describe('the environment', () => {
  test('is read once, by name; empty means not set', () => {
    const read = environment({
      JIDOKA_URL: 'http://127.0.0.1:7070/',
      JIDOKA_TOKEN: '',
      JIDOKA_PORT: '7071',
      LOG_LEVEL: 'DEBUG',
      HOOK_SECRET: 's3',
    })
    expect(read).toMatchObject({ url: 'http://127.0.0.1:7070', token: undefined, port: 7071, logLevel: 'debug' })
    expect([read.secret('HOOK_SECRET'), read.secret('OTHER')]).toEqual(['s3', undefined])
    expect(environment({}).logLevel).toBe('info')
  })

  test.each([
    [{ JIDOKA_URL: '127.0.0.1:7070' }, 'JIDOKA_URL must be a URL that begins with http:// or https://, got "127.0.0.1:7070".'],
    [{ JIDOKA_PORT: '70700' }, 'JIDOKA_PORT must be a port number from 0 to 65535, got "70700".'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, got "loud".'],
  ])('refuses %j', (env, problem) => {
    expect(() => environment(env)).toThrow(problem)
  })
})
