import { describe, expect, test } from 'vitest'
import type { IncidentDetail, RunView } from '../../cli/views.ts'
import { incidents, openStage, roleOf, runs } from './controllers.ts'
import { until } from './harness.ts'

const stage = openStage()
const { restarts, renewals, renewers, two } = stage

describe('two controllers on one store', () => {
  test('one acts; both look, answer, and know each other; an order given to the follower is carried out by the leader', async () => {
    const [a, b] = await two()
    const known = async () => (await b.get<{ items: { url: string; leader: boolean }[] }>('/v1/controllers')).items
    const seen = await until('they know each other', async () => (await known()).length === 2 && known())
    expect(seen.map(({ url, leader }) => [url, leader])).toEqual([
      [a.url, true],
      [b.url, false],
    ])
    await until(
      'the follower sees the members as well',
      async () => (await b.get<{ status: string }>('/v1/components/web')).status === 'pass',
    )
    const ordered = await b.send('POST', '/v1/components/web/actions/restart', {})
    expect(ordered.status).toBe(202)
    const { id } = (await ordered.json()) as { id: string }
    await until('it is done', async () => (await b.get<RunView>(`/v1/runs/${id}`)).status === 'done')
    expect(restarts()).toHaveLength(1)
    expect(renewers()).toHaveLength(1)
  }, 60_000)
})

describe('a leader that is killed (-9)', () => {
  test('is succeeded at once: what fails is mended by the other, what it had begun is brought to its end, nobody is called twice', async () => {
    const [a, b] = await two()
    // In the middle of a step: its restart was sent, and is not answered.
    stage.platform.hold()
    stage.platform.fail()
    await until('the restart was sent', () => restarts().length === 1)
    const died = performance.now()
    a.up.child.kill('SIGKILL')
    stage.platform.answer()
    await until('the other one leads', async () => (await roleOf(b)) === 'leader')
    await until('the run is done', async () => (await runs(b)).every(({ status }) => status === 'done'))
    const [first] = await incidents(b)
    expect((await b.get<IncidentDetail>(`/v1/incidents/${first?.id}`)).runs).toHaveLength(1)
    expect(new Set(restarts().map(({ key }) => key)).size, 'under the key of the first').toBe(1)
    await until('its roles are renewed by the other', () => renewers().length === 2)
    const took = renewals().find(({ key }) => key.startsWith(renewers()[1] as string))?.at as number
    console.log(`takeover: ${(took - died).toFixed(0)} ms to the first renewal by the other`)
    expect(took - died).toBeLessThan(3_000)
    expect(stage.platform.pages).toEqual([])
    const { items } = await b
      .get<{ items: { role: string }[] }>('/v1/components/db')
      .then((one) => ({ items: (one as unknown as { members: { role: string }[] }).members }))
    expect(items.filter(({ role }) => role === 'active')).toHaveLength(1)
  }, 60_000)
})
