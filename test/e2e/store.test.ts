import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import type { IncidentDetail, RunView } from '../../cli/views.ts'
import type { ExampleStatus } from '../../examples/platform/control.ts'
import { asker, finished, type House, openHouse, type Running, roleOf, until } from './harness.ts'

/** A store that cannot be written, on a real disk that is full: a small one of its own, in memory. Needs the right to mount. */
let house: House
let disk: string
let cannotMount: string | null = null

beforeAll(async () => {
  house = await openHouse()
  disk = join(house.data, 'disk')
  mkdirSync(disk)
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk)
  } catch (error) {
    cannotMount = `no right to mount a small disk here (${String(error).split('\n')[0]})`
  }
}, 300_000)
afterAll(async () => {
  try {
    if (cannotMount === null) asRoot('umount', '-l', disk)
  } finally {
    await house?.close()
  }
})

const asRoot = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'pipe' })
const filler = () => join(disk, 'filler')
function fill(): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler(), Buffer.alloc(bavail * bsize))
}
const makeRoom = () => rmSync(filler())

function needsDisk(context: TestContext): void {
  if (cannotMount !== null) context.skip(cannotMount)
}

describe('a disk that is full when the controller starts', () => {
  test('is told in a sentence; nothing is started', async (context) => {
    needsDisk(context)
    fill()
    const config = join(house.data, 'jidoka.config.json')
    writeFileSync(config, '{}')
    const { code, err } = await finished(['up', '--config', config, '--port', '0', '--data', join(disk, 'data')])
    expect(code).toBe(3)
    expect(err).toMatch(/^jidoka: The store .* cannot be written: /)
    expect(err).not.toMatch(/\n {4}at /)
    makeRoom()
    rmSync(join(disk, 'data'), { recursive: true, force: true })
  })
})

describe('a disk that becomes full while the controller runs', () => {
  let up: Running
  let ask: ReturnType<typeof asker>
  let killed: string

  beforeAll(async () => {
    if (cannotMount !== null) return
    up = await house.upExample('--store', `sqlite:${join(disk, 'jidoka.db')}`)
    ask = asker(house)
  }, 60_000)

  test('a page goes out all the same, and says what is broken meanwhile; nobody is promoted, nothing is begun', async (context) => {
    needsDisk(context)
    fill()
    killed = roleOf(await ask.component('polaris'), 'active')[0] as string
    const runs = async () => (await ask.get<{ items: RunView[] }>('/v1/runs?limit=200')).items.length
    const before = await runs()
    await house.jidoka('example', 'kill', killed, '--for-good')
    const page = await up.says(/PAGE {2}Jidoka itself[\s\S]*?Tried: .*\n/)
    expect(page).toContain('The store')
    expect(page).toContain('nothing is mended')
    await up.says(new RegExp(`not mended: [^\\n]*${killed}: its process \\d+ ended`))
    // Longer than the role lease, and than it takes to see that the process is gone.
    await until(
      'the controller says itself that it is not well',
      async () => (await fetch(`http://127.0.0.1:${house.port}/health`)).status === 503,
    )
    expect(await runs()).toBe(before)
    expect(await ask.incidents('&status=open')).toEqual([])
    const { traffic, members } = await house.json<ExampleStatus>('example', 'status')
    expect(traffic?.byNonActive).toBe(0)
    expect(members.filter((member) => member.role === 'active')).toEqual([])
  })

  test('with room again it goes on by itself: what was seen is in the store, and the standby takes over', async (context) => {
    needsDisk(context)
    makeRoom()
    const other = killed === 'polaris-1' ? 'polaris-2' : 'polaris-1'
    await until('the standby is active', async () => roleOf(await ask.component('polaris'), 'active').join() === other)
    const [incident] = await ask.incidents('&component=polaris')
    expect((await ask.get<IncidentDetail>(`/v1/incidents/${incident?.id}`)).alerts.map((alert) => alert.key).join()).toContain(killed)
    await house.jidoka('example', 'restore', 'all')
    await until('healthy again', ask.healthy)
    expect((await house.json<ExampleStatus>('example', 'status')).traffic?.byNonActive).toBe(0)
    expect(await up.end()).toBe(0)
    expect(house.processes()).toEqual([])
  })
})
