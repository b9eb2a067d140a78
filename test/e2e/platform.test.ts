import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IncidentDetail, IncidentView, RunView } from '../../cli/views.ts'
import type { ExampleStatus } from '../../examples/platform/control.ts'
import { asker, type House, openHouse, pidOf, type Running, roleOf, until } from './harness.ts'

/** `npm start` as somebody tries it: one platform, broken and mended in front of their eyes. The tests build on each other. */
let house: House
let up: Running
let ask: ReturnType<typeof asker>

beforeAll(async () => {
  house = await openHouse()
  up = await house.upExample()
  ask = asker(house)
}, 300_000)
afterAll(() => house?.close())

const example = () => house.json<ExampleStatus>('example', 'status')
const healthy = () => until('the platform is healthy', ask.healthy)

/** Breaks something, and waits for the incident that comes of it to be as expected. */
async function provoke(component: string, status: IncidentView['status'], breakIt: () => Promise<unknown>): Promise<IncidentDetail> {
  const before = await ask.incidents()
  await breakIt()
  const { id } = await until(`an incident of ${component}`, () => ask.next(component, before))
  return until(`it is ${status}`, async () => {
    const found = await ask.incident(id)
    return found.status === status && found
  })
}

const nobodyWasServedByTheWrongOne = async () => expect((await example()).traffic?.byNonActive).toBe(0)

describe('a platform that is well', () => {
  test('says so in one line, and by its exit code', async () => {
    const { code, out } = await house.jidoka('status')
    expect(code).toBe(0)
    expect(out).toMatch(/^All well: 11 members pass\n/)
    const status = await house.json<{ well: boolean; components: unknown[]; incidents: unknown[] }>('status')
    expect(status).toMatchObject({ well: true, incidents: [] })
    expect(status.components).toHaveLength(8)
  })

  test('tells scripts where everything is, in the pinned shape', async () => {
    const found = await example()
    expect(Object.keys(found)).toEqual(['router', 'members', 'traffic'])
    expect(found.router).toBe(`http://127.0.0.1:${house.basePort}`)
    expect(found.members).toHaveLength(11)
    for (const member of found.members) {
      expect(Object.keys(member)).toEqual(['id', 'component', 'pid', 'port', 'role'])
      expect(member.pid).toBeGreaterThan(0)
    }
    expect(Object.keys(found.traffic ?? {})).toEqual(['sent', 'answered', 'refused', 'byNonActive'])
    expect(found.members.filter((member) => member.role === 'active')).toHaveLength(1)
  })

  test('shows the address to open, with the token in its fragment, which no server is sent', () => {
    expect(up.output()).toMatch(new RegExp(`http://127.0.0.1:${house.port}/#token=jdk_[0-9a-z]{40}\\b`))
  })
})

describe('a process that dies or hangs', () => {
  test('is started again, checked from outside, and told with each step', async () => {
    const before = pidOf(await example(), 'dipper-2')
    const incident = await provoke('dipper', 'recovered', () => house.jidoka('example', 'kill', 'dipper-2'))
    expect(incident).toMatchObject({ failure: 'process-exited', runs: [{ runbook: 'restart-process', status: 'done' }] })
    const shown = await house.json<IncidentDetail>('incident', 'show', incident.id)
    expect(shown.timeline.map((entry) => entry.kind)).toEqual(
      expect.arrayContaining(['incident.opened', 'run.queued', 'step.intent', 'step.done', 'incident.recovered']),
    )
    expect(shown.runs[0]?.steps.map((step) => `${step.name} ${step.status}`)).toEqual(['restart dipper-2 done', 'verify dipper-2 done'])
    expect(pidOf(await example(), 'dipper-2')).not.toBe(before)
    await up.says(/dipper {2}process-exited: dipper-2: its process \d+ ended: signal SIGKILL\n {10}✓ restart dipper-2 {2}\d+ ms\n/)
    await up.says('recovered: verified from outside: dipper-2')
  })

  test('the active one gets its role back, under a new generation', async () => {
    const incident = await provoke('polaris', 'recovered', () => house.jidoka('example', 'kill', 'polaris-1'))
    expect(incident.runs.map((run) => run.runbook)).toEqual(['restart-process'])
    await healthy()
    const polaris = await ask.component('polaris')
    expect(roleOf(polaris, 'active')).toEqual(['polaris-1'])
    expect(polaris.members.find((member) => member.role === 'active')?.generation).toBe(2)
    await nobodyWasServedByTheWrongOne()
  })

  test('a hung one is found by its silence, and ended by force', async () => {
    const incident = await provoke('dipper', 'recovered', () => house.jidoka('example', 'hang', 'dipper-3'))
    expect(incident.failure).toBe('hung')
    await healthy()
  })
})

describe('what people order', () => {
  test('a dry run shows the steps and touches nothing', async () => {
    const { code, out } = await house.jidoka('failover', 'polaris', '--dry-run')
    expect(code).toBe(0)
    for (const step of ['nothing was touched', '1. demote polaris-1', '2. promote polaris-2', '3. route polaris-2', '4. verify polaris-2'])
      expect(out).toContain(step)
    expect(roleOf(await ask.component('polaris'), 'active')).toEqual(['polaris-1'])
  })

  test('a planned switch moves the role in good order, and nobody is answered by the wrong one', async () => {
    const { code, out } = await house.jidoka('failover', 'polaris', '--reason', 'new kernel on tokyo-a')
    expect(code, out).toBe(0)
    expect(out).toMatch(/✓ demote polaris-1[\s\S]*✓ promote polaris-2[\s\S]*✓ route polaris-2[\s\S]*✓ verify polaris-2/)
    await until('it is seen', async () => roleOf(await ask.component('polaris'), 'active').join() === 'polaris-2')
    await up.says('failover-active-standby: new kernel on tokyo-a (local)')
    await nobodyWasServedByTheWrongOne()
    await healthy()
  })

  test('a member is restarted; which one has to be said where there are several', async () => {
    expect((await house.jidoka('restart', 'dipper', '--member', 'dipper-2')).code).toBe(0)
    const asked = await house.jidoka('restart', 'dipper')
    expect(asked.code).toBe(1)
    expect(asked.err).toContain('dipper-1, dipper-2, dipper-3')
    await healthy()
  })

  test('runbooks can be listed, read and run', async () => {
    expect((await house.jidoka('runbook', 'list')).out).toContain('failover-active-standby')
    expect((await house.jidoka('runbook', 'show', 'failover-active-standby')).out).toContain(
      'steps     fence a -> promote b -> route b -> verify b',
    )
    expect((await house.jidoka('runbook', 'run', 'restart-process', '--component', 'leo')).code).toBe(0)
    await healthy()
  })
})

describe('with automation off', () => {
  test('nothing is touched and a person is paged; when it is on again, it goes on by itself', async () => {
    expect((await house.jidoka('automation', 'off', 'polaris', '--reason', 'migration')).code).toBe(0)
    expect(await house.jidoka('automation')).toMatchObject({ code: 1, out: expect.stringContaining('migration') })
    const incident = await provoke('polaris', 'escalated', () => house.jidoka('example', 'kill', 'polaris-1'))
    expect(incident.runs.map((run) => run.runbook)).toEqual(['page'])
    await up.says(/PAGE[\s\S]*automation is off for polaris: migration/)
    expect(pidOf(await example(), 'polaris-1')).toBeNull()
    expect(await house.jidoka('status')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^A person is needed: Packet transfer[\s\S]*Automation is off for polaris/),
    })
    expect((await house.jidoka('automation', 'on', 'polaris')).code).toBe(0)
    await healthy()
    expect((await ask.incident(incident.id)).status).toMatch(/recovered|resolved/)
  })
})

describe('a member that is broken for good', () => {
  test('the traffic moves to the other one; that there is no standby left is told without hurry', async () => {
    const incident = await provoke('polaris', 'escalated', () => house.jidoka('example', 'kill', 'polaris-2', '--for-good'))
    expect(incident.runs.map((run) => run.runbook).toReversed()).toEqual([
      'restart-process',
      'failover-active-standby',
      'return-standby',
      'page',
    ])
    expect(incident.failure).toBe('standby-unhealthy')
    await until('it is seen', async () => roleOf(await ask.component('polaris'), 'active').join() === 'polaris-1')
    await up.says(/PAGE {2}\[low\] Packet transfer \(polaris\): standby-unhealthy, polaris-2/)
    const before = (await example()).traffic?.answered ?? 0
    await until('users are served', async () => ((await example()).traffic?.answered ?? 0) > before)
    await nobodyWasServedByTheWrongOne()
  })

  test('when the last one goes too, a person is called with the reason and all that was tried', async () => {
    const [open] = await ask.incidents('&status=open')
    await house.jidoka('example', 'kill', 'polaris-1', '--for-good')
    const page = await up.says(/PAGE {2}Packet transfer \(polaris\): process-exited, polaris-1\n[\s\S]*?Look: .*\n/)
    for (const words of [
      'restart-process: failed',
      'failover-active-standby: refused (standby-healthy)',
      'no healthy standby',
      `jidoka incident show ${open?.id}`,
    ])
      expect(page).toContain(words)
    expect(await house.jidoka('status')).toMatchObject({ code: 1, out: expect.stringContaining('A person is needed') })
    expect((await house.jidoka('incident', 'show', open?.id as string)).code).toBe(1)
    await nobodyWasServedByTheWrongOne()
  })

  test('nothing was tried without end, and restore brings everything back: the incident closes by itself', async () => {
    const [open] = await ask.incidents('&status=open')
    expect((await ask.incident(open?.id as string)).runs.length).toBeLessThan(10)
    const { items: runs } = await ask.get<{ items: RunView[] }>('/v1/runs?component=polaris&limit=200')
    expect(runs.filter((run) => run.runbook === 'route-to-active').length).toBeLessThan(3)
    expect((await house.jidoka('example', 'restore', 'all')).code).toBe(0)
    await healthy()
    expect((await ask.incident(open?.id as string)).status).toMatch(/resolved|recovered/)
    expect(roleOf(await ask.component('polaris'), 'active')).toHaveLength(1)
    await nobodyWasServedByTheWrongOne()
  })
})

describe('a whole node that is lost', () => {
  test('the standby takes over when the role lease of the lost one has ended, not before', async () => {
    const [active = ''] = roleOf(await ask.component('polaris'), 'active')
    const before = await ask.incidents()
    expect((await house.jidoka('example', 'lose', active)).code).toBe(0)
    const other = active === 'polaris-1' ? 'polaris-2' : 'polaris-1'
    await until('the standby is active', async () => roleOf(await ask.component('polaris'), 'active').join() === other)
    const { id } = await until('an incident', () => ask.next('polaris', before))
    const fence = (await ask.incident(id)).runs.flatMap((run) => run.steps).findLast((step) => step.name === `fence ${active}`)
    expect(fence).toMatchObject({ status: 'done', output: { receipt: expect.stringMatching(/lease/) } })
    await nobodyWasServedByTheWrongOne()
  })

  test('when it is back, all is well again', async () => {
    expect((await house.jidoka('example', 'restore', 'all')).code).toBe(0)
    await healthy()
    expect((await house.jidoka('status')).code).toBe(0)
  })
})

test('Ctrl-C ends everything, and leaves no process behind', async () => {
  expect(house.processes().length).toBeGreaterThan(11)
  expect(await up.end('SIGINT')).toBe(0)
  expect(house.processes()).toEqual([])
  expect(await house.jidoka('status')).toMatchObject({ code: 3, err: expect.stringContaining('No controller answers at') })
})
