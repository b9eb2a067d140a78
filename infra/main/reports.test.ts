import { expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { agentReports, newestReports } from './reports.ts'

function stage() {
  const clock = virtualClock()
  const config = { components: [{ id: 'leo', members: [{ id: 'leo-1' }] }] }
  const done: string[] = []
  const heard = newestReports(clock)
  const take = agentReports({
    catalog: indexCatalog(configSchema.parse(config)),
    journal: { note: async (kind, _, data) => void done.push(`${kind} by ${data.via}`) },
    watch: { exited: () => void done.push('exited'), started: () => void done.push('started') },
    intake: { told: async () => {}, through: (work) => work() },
    shared: { id: 'b', heard, catchUp: async () => void done.push('caught up') },
  })
  const report = (event: 'exited' | 'started', at: number) => take('a', { event, member: 'leo-1', pid: 1, detail: 'signal SIGKILL', at })
  return { clock, done, heard, report }
}

test('what an agent tells one controller is written down for the others', async () => {
  const { done, report } = stage()
  await report('exited', 1)
  await report('started', 2)
  expect(done).toEqual(['caught up', 'exited', 'agent.exited by b', 'caught up', 'agent.started by b', 'started'])
})

test('a report that comes after a later one was taken elsewhere tells nothing any more', async () => {
  const { done, heard, report } = stage()
  heard.took('leo-1', 5)
  await report('exited', 4)
  expect(done).toEqual(['caught up'])
})

test('an agent whose clock was set back is heard again soon', async () => {
  const { clock, done, heard, report } = stage()
  heard.took('leo-1', 5_000_000)
  await clock.advance(31_000)
  await report('exited', 4)
  expect(done).toContain('exited')
})
