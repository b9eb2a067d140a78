import { describe, expect, test } from 'vitest'
import { groupMembers } from './groups.ts'

const schedules = [
  { id: 'core', slackGroup: 'S1' },
  { id: 'network', slackGroup: 'S1' },
  { id: 'sales', slackGroup: 'S2' },
  { id: 'alone' },
]
const people: Record<string, { id: string; slack?: string }> = {
  core: { id: 'ben', slack: 'U2' },
  network: { id: 'aki', slack: 'U1' },
  sales: { id: 'chi' },
}
const sync = (on: typeof people, current: Record<string, string[]> = {}) =>
  groupMembers({ schedules, onCall: (id) => on[id] ?? null, current: new Map(Object.entries(current)) })

describe('a Slack user group', () => {
  test('is everybody who is on call in any schedule that names it', () => {
    expect(sync(people)[0]).toEqual({ group: 'S1', members: ['U1', 'U2'], changed: true, problems: [] })
    expect(sync(people, { S1: ['U2', 'U1'] })[0]).toMatchObject({ changed: false })
    expect(sync({ ...people, core: people.network as { id: string } })[0]).toMatchObject({ members: ['U1'] })
  })

  test('is never emptied: it stays as it was, and says why', () => {
    expect(sync(people, { S2: ['U9'] })[1]).toEqual({
      group: 'S2',
      members: ['U9'],
      changed: false,
      problems: ['chi is on call for sales and has no Slack id', 'the group stays as it was'],
    })
    expect(sync({}, { S1: ['U1'] })[0]).toMatchObject({ members: ['U1'], changed: false })
  })

  test('with somebody missing in one schedule is who is left, and says so', () => {
    expect(sync({ core: people.core as { id: string } }, { S1: ['U1', 'U2'] })[0]).toEqual({
      group: 'S1',
      members: ['U2'],
      changed: true,
      problems: ['nobody is on call for network'],
    })
  })
})
