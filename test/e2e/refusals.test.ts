import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finished, type House, openHouse, type Running } from './harness.ts'

/** What goes wrong because of what somebody typed, wrote or had running already: a sentence, what to do, and the exit code of the contract. */
let house: House
const done = 0
const notWell = 1
const wrongUsage = 2
const couldNotReach = 3

beforeAll(async () => {
  house = await openHouse()
}, 300_000)
afterAll(() => house?.close())

/** A configuration in a folder of its own; `up` is tried with it. */
function upWith(config: object | string, ...args: string[]) {
  const file = join(house.data, `config-${readdirSync(house.data).length}.${typeof config === 'string' ? 'yaml' : 'json'}`)
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config))
  return house.jidoka('up', '--config', file, '--port', String(house.port), ...args)
}

const dead = (id: string, more: object = {}) => ({ id, hooks: 'http://127.0.0.1:9', ...more })
const leo = { id: 'leo', members: [dead('leo-1')] }

describe('a configuration that is not right starts nothing', () => {
  test('every problem is told, each with its path and what was probably meant', async () => {
    const { code, err } = await upWith({
      components: [{ ...leo, memberss: [], members: [dead('leo-1', { sitee: 'x' })], probes: [{ kind: 'hook', everyMs: 'often' }] }],
      pager: [],
    })
    expect(code).toBe(wrongUsage)
    for (const problem of [
      'components[0].memberss: unknown key (did you mean "members"?)',
      'components[0].members[0].sitee: unknown key (did you mean "site"?)',
      'components[0].probes[0].everyMs: expected',
      'pager: unknown key (did you mean "pagers"?)',
      'Nothing was started.',
    ])
      expect(err).toContain(problem)
  })

  test('a rung that does not exist is told before the night in which it is needed', async () => {
    const { code, err } = await upWith({ components: [{ ...leo, ladder: ['restart-proces', 'page'] }] })
    expect(code).toBe(wrongUsage)
    expect(err).toContain('components[0].ladder[0]: no runbook "restart-proces" (did you mean "restart-process"?)')
  })

  test('a ladder that would end in silence is refused', async () => {
    const { code, err } = await upWith({ components: [{ ...leo, ladder: ['restart-process'] }] })
    expect(code).toBe(wrongUsage)
    expect(err).toContain('components[0].ladder: the last rung must be "page"')
  })

  test.each([
    ['is not YAML', 'components: [{ id: leo'],
    ['is a list', '- leo'],
    ['is empty', ''],
  ])('a file that %s', async (_, text) => {
    const { code, err } = await upWith(text)
    expect(code).toBe(wrongUsage)
    expect(err).toContain('Nothing was started.')
    expect(err).not.toMatch(/\n {4}at /)
  })

  test('a file that is not there', async () => {
    const { code, err } = await house.jidoka('up', '--config', join(house.data, 'nowhere.json'))
    expect(code).toBe(wrongUsage)
    expect(err).toContain('nowhere.json does not exist')
    expect(err).toContain('jidoka up --example')
  })
})

describe('a command that is typed wrongly changes nothing', () => {
  test.each([
    ['an unknown command', ['statsu'], 'Did you mean status?'],
    ['an unknown option', ['failover', 'polaris', '--dry-rum'], 'Did you mean --dry-run?'],
    ['an argument too few', ['incident', 'show'], "missing required argument 'id'"],
    ['no command at all', [], 'Usage: jidoka'],
    ['a port that is none', ['up', '--example', '--port', 'http'], '--port must be a whole number from 0 to 65535, got "http"'],
    [
      'a port that is too high for the example',
      ['up', '--example', '--example-port', '65500'],
      '--example-port must be a whole number from 1024 to 65432, got "65500"',
    ],
    [
      'a store that is none',
      ['up', '--store', 'mysql://root:secret@localhost'],
      '--store must be sqlite:FILE or postgres://..., got "mysql:..."',
    ],
    ['two configurations', ['up', '--example', '--config', 'x.json'], '--example brings a configuration of its own.'],
  ])('%s', async (_, args, words) => {
    const { code, out, err } = await finished(args)
    expect(code).toBe(wrongUsage)
    expect(out + err).toContain(words)
    expect(err).not.toMatch(/\n {4}at /)
  })

  test('help is no error', async () => {
    const { code, out } = await finished(['--help'])
    expect(code).toBe(done)
    for (const command of [
      'up',
      'status',
      'incident',
      'runbook',
      'failover',
      'restart',
      'automation',
      'example',
      'agent',
      'token',
      'openapi',
    ])
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  })
})

describe('nobody is there', () => {
  test.each([[['status']], [['incident', 'list']], [['failover', 'polaris']], [['automation', 'off']]])('jidoka %j', async (args) => {
    const { code, err } = await house.jidoka(...args)
    expect(code).toBe(couldNotReach)
    expect(err).toMatch(/^jidoka: No controller answers at http:\/\/127\.0\.0\.1:\d+: .*\nStart one with `jidoka up`, or pass --url\.\n$/)
  })

  test('an example platform that was never started', async () => {
    const { code, err } = await house.jidoka('example', 'kill', 'polaris-1')
    expect(code).toBe(notWell)
    expect(err).toContain('No example platform was started')
    expect(err).toContain('npm start')
  })
})

describe('while a controller runs', () => {
  let up: Running
  beforeAll(async () => {
    const file = join(house.data, 'jidoka.config.json')
    writeFileSync(file, JSON.stringify({ components: [leo], dryRun: true }))
    up = house.up('--config', file)
    await up.says(`is up at http://127.0.0.1:${house.port}`)
  })

  test('its address and its token are found by themselves', async () => {
    expect((await house.jidoka('runbook', 'list')).code).toBe(done)
  })

  test('a token that it does not know', async () => {
    const { code, err } = await house.jidoka('status', '--token', 'jdk_0000000000000000000000000000000000000000')
    expect(code).toBe(couldNotReach)
    expect(err).toContain('A valid bearer token is needed.')
  })

  test('a token that may only look', async () => {
    const { code, out } = await house.jidoka('token', 'create', 'wall-screen', '--role', 'viewer')
    expect(code).toBe(done)
    const token = out.trim()
    expect((await house.jidoka('incident', 'list', '--token', token)).code).toBe(done)
    const refused = await house.jidoka('automation', 'off', '--token', token)
    expect(refused).toMatchObject({ code: wrongUsage, err: expect.stringContaining('The role viewer may not do this') })
  })

  test.each([
    ['a runbook', ['runbook', 'show', 'restart-proces'], 'There is no runbook "restart-proces"'],
    ['a runbook to run', ['runbook', 'run', 'nope', '--component', 'leo'], 'There is no runbook "nope"'],
    ['a component', ['restart', 'orion'], 'There is no component "orion"'],
    ['a component to run on', ['runbook', 'run', 'restart-process', '--component', 'orion'], 'There is no component "orion"'],
    ['a member', ['restart', 'leo', '--member', 'leo-9'], 'leo-9'],
    ['an incident', ['incident', 'show', 'inc_0'], 'There is no incident "inc_0"'],
    ['a role', ['token', 'create', 'x', '--role', 'king'], 'role'],
    ['a scope', ['automation', 'off', 'orion'], 'orion'],
    ['a number', ['incident', 'list', '--limit', 'many'], 'limit'],
  ])('%s that does not exist', async (_, args, words) => {
    const { code, err } = await house.jidoka(...args)
    expect(code, err).toBe(wrongUsage)
    expect(err).toContain(words)
    expect(err).not.toMatch(/\n {4}at /)
  })

  test('its port is taken: the second one says so in a sentence', async () => {
    const data = join(house.data, 'another')
    const { code, err } = await finished([
      'up',
      '--config',
      join(house.data, 'jidoka.config.json'),
      '--port',
      String(house.port),
      '--data',
      data,
    ])
    expect(code).toBe(couldNotReach)
    expect(err).toBe(
      `jidoka: The address 127.0.0.1:${house.port} is already in use.\nAnother Jidoka may be running here: try \`jidoka status\`, or pass --port.\n`,
    )
  })

  test('its data folder is taken: the second one says so, and neither it nor its platform is disturbed', async () => {
    const { code, err } = await house.jidoka('up', '--example', '--port', '0', '--example-port', String(house.basePort))
    expect(code).toBe(couldNotReach)
    expect(err).toContain('Another controller holds the store')
    expect((await house.jidoka('runbook', 'list')).code).toBe(done)
    expect(house.processes()).toHaveLength(1)
  })

  test('it ends by TERM as by Ctrl-C', async () => {
    expect(await up.end('SIGTERM')).toBe(done)
    expect(house.processes()).toEqual([])
  })
})

test('Ctrl-C while the example is still starting ends it all the same, with all that was started', async () => {
  const up = house.up('--example', '--example-port', String(house.basePort))
  await up.says('Starting the example platform')
  await up.end('SIGINT')
  expect(house.processes()).toEqual([])
})

test('a terminal that is closed ends everything too', async () => {
  const up = await house.upExample()
  expect(await up.end('SIGHUP')).toBe(done)
  expect(house.processes()).toEqual([])
})

test('a port of the example that belongs to somebody else is named, and nothing of the example is left', async () => {
  const stranger = createServer()
  await new Promise<void>((resolve) => stranger.listen(house.basePort + 12, '127.0.0.1', resolve))
  try {
    const { code, err } = await house.jidoka('up', '--example', '--port', '0', '--example-port', String(house.basePort))
    expect(code).toBe(couldNotReach)
    expect(err).toContain(`The address 127.0.0.1:${house.basePort + 12} (needed by the example platform) is already in use.`)
    expect(house.processes()).toEqual([])
  } finally {
    stranger.close()
  }
})

describe('a data folder that cannot be used', () => {
  const upOn = (data: string) => finished(['up', '--config', join(house.data, 'jidoka.config.json'), '--port', '0', '--data', data])

  test('its store is damaged: it is named, and left as it is', async () => {
    const data = join(house.data, 'damaged')
    mkdirSync(data)
    writeFileSync(join(data, 'jidoka.db'), 'this is no database, but a text that is long enough to be looked at '.repeat(100))
    const { code, err } = await upOn(data)
    expect(code).toBe(couldNotReach)
    expect(err).toContain(`The store ${join(data, 'jidoka.db')} is damaged`)
    expect(err).toContain('restore a backup or start with another --data')
  })

  test('it is a file', async () => {
    const data = join(house.data, 'a-file')
    writeFileSync(data, '')
    const { code, err } = await upOn(data)
    expect(code).toBe(couldNotReach)
    expect(err).toContain(data)
    expect(err).not.toMatch(/\n {4}at /)
  })

  test('its token may be read by others', async () => {
    const data = join(house.data, 'open')
    mkdirSync(data)
    writeFileSync(join(data, 'token'), `jdk_${'0'.repeat(40)}\n`, { mode: 0o644 })
    const { code, err } = await upOn(data)
    expect(code).toBe(couldNotReach)
    expect(err).toMatch(/cannot be trusted: others may read it \(mode 644\)\n.*chmod 600/)
  })
})
