import { describe, expect, test } from 'vitest'
import type { Incident, IncidentDetail } from '../api/client.ts'
import { madeStale, openOf } from './board.ts'

const told = (kind: string, subject: object = {}) => madeStale({ kind, data: { component: null, incident: null, run: null, ...subject } })

describe('what an event makes stale', () => {
  test('a step of an incident: only this incident', () => {
    expect(told('step.done', { component: 'leo', incident: 'inc_1', run: 'run_1' })).toEqual(['incident:inc_1'])
  })

  test('a step of a run by hand: only this run', () => {
    expect(told('step.done', { component: 'leo', run: 'run_1' })).toEqual(['run:run_1'])
  })

  test('an incident that ends also moves to the earlier ones', () => {
    expect(told('incident.recovered', { incident: 'inc_1' })).toEqual(['incident:inc_1', 'open', 'recent'])
  })

  test('a role, a switch', () => {
    expect(told('role.changed', { component: 'polaris' })).toEqual(['component:polaris'])
    expect(told('switch.off')).toEqual(['switches', 'components'])
    expect(told('maintenance.opened', { component: 'polaris' })).toEqual(['switches'])
  })

  test('a kind of event that this page does not know makes nothing else stale', () => {
    expect(told('member.noticed', { component: 'leo' })).toEqual([])
  })
})

describe('open incidents', () => {
  const incident = (id: string, status: Incident['status'], openedAt: string, endedAt: string | null = null): Incident => ({
    id,
    component: id,
    failure: 'hung',
    status,
    reason: '',
    openedAt,
    endedAt,
  })

  test('those that need a person first, then the newest', () => {
    const listed = [
      incident('old', 'open', '2026-01-31T01:00:00Z'),
      incident('new', 'open', '2026-01-31T02:00:00Z'),
      incident('bad', 'escalated', '2026-01-31T00:00:00Z'),
    ]
    expect(openOf(listed, new Map()).map((one) => one.id)).toEqual(['bad', 'new', 'old'])
  })

  test('one whose detail has ended already is not open, whatever the list says', () => {
    const listed = [incident('a', 'mending', '2026-01-31T01:00:00Z')]
    const detail: IncidentDetail = {
      ...incident('a', 'recovered', '2026-01-31T01:00:00Z', '2026-01-31T01:00:01Z'),
      alerts: [],
      timeline: [],
      runs: [],
    }
    expect(openOf(listed, new Map([['a', detail]]))).toEqual([])
  })
})
