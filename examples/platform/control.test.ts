import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ExampleStatus, exampleMarks, exampleStatus, hang, kill, lose, restore } from './control.ts'
import { portOf, urlOf } from './layout.ts'
import { isStill, look } from './processes.ts'
import { type Example, type StartOptions, startExample } from './start.ts'
import { readState } from './state.ts'
import { newFolder, type Reserved, reservePorts, sendPacket, token, until } from './testing.ts'

/** No controller runs here: it is the agents' own fallback that starts members again. */
let ports: Reserved
let options: StartOptions
let example: Example
let progress: string[]
const on = () => ({ dataFolder: options.dataFolder })
const url = (place: Parameters<typeof urlOf>[0]) => urlOf(place, ports.basePort)

beforeAll(async () => {
  ports = await reservePorts()
  // The reserved port answers nothing: to the agents it is a controller that is away.
  options = {
    dataFolder: newFolder(),
    basePort: ports.basePort,
    controllerUrl: `http://127.0.0.1:${ports.basePort + 198}`,
    controlToken: token,
    agentToken: 'agents',
    onProgress: (text) => progress.push(text),
  }
  progress = []
  example = await startExample(options)
}, 60_000)
afterAll(async () => {
  await example?.stop()
  rmSync(options.dataFolder, { recursive: true, force: true })
  ports.release()
}, 60_000)

const member = async (id: string) => (await exampleStatus(on())).members.find((each) => each.id === id) as ExampleStatus['members'][number]
const runsAgain = (id: string, before: number | null) =>
  until(`${id} runs again`, async () => {
    const { pid } = await member(id)
    return pid !== null && pid !== before && pid
  })
const control = (place: Parameters<typeof urlOf>[0], action: string, generation: number, body: object = {}) =>
  fetch(`${url(place)}/control/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': `${action}/${generation}`, 'jidoka-generation': String(generation) },
    body: JSON.stringify(body),
  })

test('every member is told with its process and its port', async () => {
  const status = await exampleStatus(on())
  expect(status.router).toBe(url('router'))
  expect(status.members).toHaveLength(11)
  for (const { id, component, pid, port, role } of status.members) {
    expect(look(pid as number)?.command, id).toContain(` ${id} --port ${port} `)
    expect(
      [component, role].every((text) => typeof text === 'string'),
      id,
    ).toBe(true)
  }
  expect(status.members.find(({ id }) => id === 'polaris-1')).toMatchObject({
    component: 'polaris',
    role: 'standby',
    port: portOf('polaris-1', ports.basePort),
  })
  expect(progress.at(-1)).toBe('11 processes answer')
})

test('the whole path works: traffic, router, Polaris, Dipper', async () => {
  expect((await control('polaris-1', 'promote', 1)).status).toBe(200)
  expect((await control('router', 'route', 1, { to: url('polaris-1'), member: 'polaris-1' })).status).toBe(200)
  expect(await sendPacket(url('router'), 's', 1)).toMatchObject({ status: 200, member: 'polaris-1', role: 'active' })
  const { traffic, members } = await until('traffic is answered', async () => {
    const status = await exampleStatus(on())
    return (status.traffic?.answered ?? 0) > 5 && status
  })
  expect(traffic).toEqual({ sent: expect.any(Number), answered: expect.any(Number), refused: 0, byNonActive: 0 })
  expect(members.find(({ id }) => id === 'polaris-1')?.role).toBe('active')
})

test('roles are those of the controller while one answers', async () => {
  const components = [
    {
      id: 'polaris',
      members: [
        { id: 'polaris-1', role: 'fenced' },
        { id: 'polaris-2', role: 'active' },
      ],
    },
  ]
  const controller = createServer((req, res) => {
    const known = req.headers.authorization === 'Bearer reader' && req.url?.startsWith('/v1/components')
    res.writeHead(known ? 200 : 401, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify({ items: components }))
  })
  await once(controller.listen(ports.basePort + 198, '127.0.0.1'), 'listening')
  writeFileSync(join(options.dataFolder, 'token'), 'reader\n')
  try {
    expect([(await member('polaris-1')).role, (await member('polaris-2')).role]).toEqual(['fenced', 'active'])
  } finally {
    controller.close()
    rmSync(join(options.dataFolder, 'token'))
  }
})

test('an unknown name is answered with those that exist', async () => {
  await expect(kill(on(), 'polaris-3')).rejects.toMatchObject({ code: 'not-found', next: expect.stringContaining('polaris-1, polaris-2') })
  await expect(hang(on(), 'tokyo-a')).rejects.toMatchObject({ code: 'not-found' })
  await expect(lose(on(), 'osaka')).rejects.toMatchObject({
    code: 'not-found',
    next: expect.stringContaining('tokyo-a, tokyo-c, edge, router'),
  })
  await expect(restore(on(), 'osaka')).rejects.toMatchObject({ code: 'not-found' })
  await expect(kill({ dataFolder: join(options.dataFolder, 'elsewhere') }, 'polaris-1')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('No example platform'),
  })
})

test('a killed member comes back as another process', async () => {
  const { pid } = await member('leo-1')
  expect((await kill(on(), 'leo-1'))[0]).toBe(`leo-1 (pid ${pid}) was killed.`)
  await runsAgain('leo-1', pid)
})

test('killed for good it stays away until it is restored', async () => {
  const { pid } = await member('capricorn-1')
  expect((await kill(on(), 'capricorn-1', { forGood: true })).at(-1)).toBe('Undo it: jidoka example restore capricorn-1')
  expect(exampleMarks(on()).broken).toEqual(['capricorn-1'])
  const health = `${url('tokyo-c')}/members/capricorn-1/health`
  await until('a restart has failed', async () => {
    const { process } = (await (await fetch(health)).json()) as { process: { restarts: number; state: string } }
    return process.restarts >= 1 && process.state === 'exited'
  })
  expect(await member('capricorn-1')).toMatchObject({ pid: null })
  expect(await restore(on(), 'capricorn-1')).toEqual(['capricorn-1 may start again.', 'capricorn-1 is started.'])
  await runsAgain('capricorn-1', pid)
  expect(exampleMarks(on()).broken).toEqual([])
})

test('a hanging member holds its process and answers nothing, until it is restored', async () => {
  const { pid } = await member('dipper-2')
  expect((await hang(on(), 'dipper-2'))[0]).toContain(`dipper-2 (pid ${pid}) hangs`)
  // The signal is on its way for a moment.
  await until('it hangs', async () => exampleMarks(on()).hanging.length > 0)
  expect(exampleMarks(on()).hanging).toEqual(['dipper-2'])
  await expect(fetch(`${url('dipper-2')}/health`, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(await restore(on(), 'dipper-2')).toEqual([`dipper-2 (pid ${pid}) goes on.`])
  expect((await fetch(`${url('dipper-2')}/health`)).status).toBe(200)
  expect(await restore(on(), 'dipper-2')).toEqual(['Nothing was broken on purpose with dipper-2 that is not mended already.'])
})

describe('a lost node', () => {
  const idsOn = ['polaris-2', 'dipper-2', 'capricorn-1']
  const pids = async () => (await exampleStatus(on())).members.filter(({ id }) => idsOn.includes(id)).map(({ pid }) => pid)

  test('is gone with its agent and all its members, and only with those', async () => {
    expect((await lose(on(), 'polaris-2'))[0]).toBe('tokyo-c is gone: its agent and polaris-2, dipper-2, capricorn-1 were killed at once.')
    expect(await pids()).toEqual([null, null, null])
    await expect(fetch(`${url('tokyo-c')}/health`)).rejects.toThrow()
    const others = (await exampleStatus(on())).members.filter(({ id }) => !idsOn.includes(id))
    expect(others.filter(({ pid }) => pid === null)).toEqual([])
    await expect(lose(on(), 'tokyo-c')).rejects.toMatchObject({ code: 'conflict', message: 'tokyo-c is lost already.' })
  })

  test('stays lost over a restart of the controller, which uses the other agents again', async () => {
    const before = readState(join(options.dataFolder, 'example'))
    progress = []
    example = await startExample(options)
    const after = readState(join(options.dataFolder, 'example'))
    for (const agent of ['tokyo-a', 'edge']) expect(after?.agents[agent]).toEqual(before?.agents[agent])
    expect(progress).toContain('tokyo-c stays lost: bring it back with jidoka example restore tokyo-c')
    expect(await pids()).toEqual([null, null, null])
  })

  test('comes back whole', async () => {
    expect((await restore(on(), 'polaris-2'))[0]).toMatch(/^tokyo-c is back: its agent runs as pid \d+/)
    await until('its members run', async () => (await pids()).every((pid) => pid !== null))
    expect(exampleMarks(on())).toEqual({ broken: [], lost: [], hanging: [] })
  })
})

test('a changed configuration replaces the agents', async () => {
  const before = readState(join(options.dataFolder, 'example'))
  options = { ...options, agentToken: 'another' }
  progress = []
  example = await startExample(options)
  const after = readState(join(options.dataFolder, 'example'))
  for (const agent of ['tokyo-a', 'tokyo-c', 'edge']) {
    expect(isStill(before?.agents[agent] as { pid: number; startedAt: string }), agent).toBe(false)
    expect(isStill(after?.agents[agent] as { pid: number; startedAt: string }), agent).toBe(true)
  }
  expect(progress).toContain('tokyo-a runs with another configuration, or does not answer: it is replaced')
}, 30_000)

test('stopping leaves no process behind, and a stranger on a port is named', async () => {
  const running = (await exampleStatus(on())).members.map(({ pid }) => pid as number)
  const agents = Object.values(readState(join(options.dataFolder, 'example'))?.agents ?? {}).map(({ pid }) => pid)
  await example.stop()
  for (const pid of [...running, ...agents]) expect(look(pid)).toBeNull()

  const stranger = createServer()
  await once(stranger.listen(portOf('aries-1', ports.basePort), '127.0.0.1'), 'listening')
  try {
    const refused = startExample(options)
    await expect(refused).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining(`127.0.0.1:${(stranger.address() as AddressInfo).port}`),
    })
  } finally {
    stranger.close()
  }
}, 30_000)
