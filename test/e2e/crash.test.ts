import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi } from '../../cli/api.ts'
import type { IncidentDetail, RunView, StepView } from '../../cli/views.ts'
import { type ExampleStatus, kill, restore } from '../../examples/platform/control.ts'
import { asker, type House, openHouse, type Running, roleOf, until } from './harness.ts'

/**
 * kill -9 of the controller before, during and after it mends something. The next one finds the agents and members as they are,
 * takes up what was begun, and loses nothing.
 */
let house: House
let up: Running
let ask: ReturnType<typeof asker>
let agents: Map<string, number>
let takenUp = 0

beforeAll(async () => {
  house = await openHouse()
  ask = asker(house)
  up = await house.upExample()
  agents = agentPids()
}, 300_000)
afterAll(() => house?.close())

const agentPids = () =>
  new Map(
    house
      .processes()
      .flatMap(({ command, pid }) => [...command.matchAll(/agent-main\S* (\S+)/g)].map((found) => [found[1] as string, pid])),
  )

const activeOne = async () => roleOf(await ask.component('polaris'), 'active')[0] ?? ''
/** A machine that stands still for longer than the lease takes the role away for a moment. */
const someActive = () => until('somebody is active', async () => (await activeOne()) || false)

/** What both members say of themselves; the journal is not asked. */
async function actives(): Promise<string[]> {
  const ports = { 'polaris-1': house.basePort + 1, 'polaris-2': house.basePort + 2 }
  const answers = await Promise.all(
    Object.entries(ports).map(async ([id, port]) => {
      const health = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(500) }).then(
        (answer) => answer.json(),
        () => null,
      )
      return (health as { role?: string } | null)?.role === 'active' ? [id] : []
    }),
  )
  return answers.flat()
}

/** Kills the controller as soon as the journal tells this. */
async function killControllerAt(moment: string): Promise<void> {
  const api = await openApi({ data: house.data }, {}, house.data)
  const late = AbortSignal.timeout(20_000)
  for await (const { event, data } of api.events(late, 0)) {
    if (event === 'ready' || event === 'status') continue
    const told = JSON.parse(data) as { kind: string; component: string; seq: number; data: { action?: string; runbook?: string } }
    if (told.seq > since && told.component === 'polaris' && `${told.kind} ${told.data.action ?? told.data.runbook ?? ''}`.trim() === moment)
      break
  }
  up.child.kill('SIGKILL')
  await up.end()
}
let since = 0
const lastEvent = async () => {
  const api = await openApi({ data: house.data }, {}, house.data)
  const stop = new AbortController()
  for await (const { event, data } of api.events(stop.signal)) if (event === 'ready') return JSON.parse(data).seq as number
  return 0
}

/** After the next start: all that must be true, whatever happened when. */
async function nothingIsLost(): Promise<void> {
  const runs = await until('every run has ended', async () => {
    const { items } = await ask.get<{ items: RunView[] }>('/v1/runs?limit=200')
    return !items.some((run) => ['queued', 'running', 'waiting'].includes(run.status)) && items
  })
  expect(agentPids()).toEqual(agents)
  expect(runs.filter((run) => !['done', 'failed', 'cancelled'].includes(run.status))).toEqual([])
  const active = await activeOne()
  expect(active).not.toBe('')
  expect(await actives()).toEqual([active])
  for (const { id } of runs.slice(0, 5)) expect(repeated((await ask.get<RunView>(`/v1/runs/${id}`)).steps)).toEqual([])
  const [incident] = await ask.incidents('&component=polaris')
  const { timeline } = await ask.get<IncidentDetail>(`/v1/incidents/${incident?.id}`)
  if (timeline.some((entry) => entry.kind === 'run.resumed')) takenUp++
  expect((await house.json<ExampleStatus>('example', 'status')).traffic?.byNonActive).toBe(0)
}

/** Steps that were begun again after they had been done. */
const repeated = (steps: readonly StepView[]) =>
  steps.filter((step) => steps.some((other) => other.seq === step.seq && other.attempt < step.attempt && other.status === 'done'))

// A restart takes some 300 ms: the first dies before anything is seen, the last when all is over.
describe('the active member dies, and is restarted', () => {
  test.each([0, 20, 150, 600])('the controller dies %i ms later', { timeout: 60_000 }, async (delayMs) => {
    await kill({ dataFolder: house.data }, await someActive())
    await pause(delayMs)
    up.child.kill('SIGKILL')
    await up.end()
    up = await house.upExample()
    await until('healthy again', ask.healthy)
    await nothingIsLost()
  })
})

describe('the active member is broken for good, and the standby takes over', () => {
  test.each(['step.intent fence', 'step.intent promote', 'step.intent route', 'run.finished failover-active-standby'])(
    'the controller dies at "%s"',
    { timeout: 60_000 },
    async (moment) => {
      since = await lastEvent()
      const active = await someActive()
      const killed = killControllerAt(moment)
      await kill({ dataFolder: house.data }, active, { forGood: true })
      await killed
      up = await house.upExample()
      await until('the other one is active', async () => ![active, ''].includes(await activeOne()))
      await restore({ dataFolder: house.data }, 'all')
      await until('healthy again', ask.healthy)
      await nothingIsLost()
    },
  )
})

test('runs were taken up where they had been left, not begun anew', () => expect(takenUp).toBeGreaterThan(0))
