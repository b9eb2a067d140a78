import { expect, test } from 'vitest'
import type { Andon, Lane } from '../../andon/andon.ts'
import { laneOf } from './lane.ts'

const going = { id: 'and_1', state: { status: 'red' }, drill: null } as unknown as Andon
const over = { ...going, state: { status: 'resolved' } } as unknown as Andon
const runbooks = (outcome: string | null) =>
  ({
    ...{ id: 'lan_1', kind: 'remediation', title: 'Runbooks', owner: null, reports: [], dueAt: null },
    ...{ status: outcome === null ? 'taken' : 'done', outcome },
  }) as unknown as Lane
const seen = (andon: Andon, lane: Lane) => {
  const text = JSON.stringify(laneOf(andon, lane, { locale: 'en', now: 0 }).blocks)
  return { offered: [...text.matchAll(/"action_id":"andon:([a-z-]+)"/g)].map(([, command]) => command), mark: /✅|⚠️|🔵/u.exec(text)?.[0] }
}

test.each([
  [null, ['approve', 'retry', 'stop'], '🔵'],
  ['restart-process: failed (not well within 5 s: its process ended)', ['approve', 'retry', 'stop'], '⚠️'],
  ['failover: unknown (the answer was lost)', ['approve', 'retry', 'stop'], '⚠️'],
  ['restart-process: done (verified from outside)', [], '✅'],
])('the lane of the runbooks offers what people may decide, above all when they failed: %s', (outcome, offered, mark) => {
  expect(seen(going, runbooks(outcome))).toEqual({ offered, mark })
  expect(seen(over, runbooks(outcome)).offered).toEqual([])
})
