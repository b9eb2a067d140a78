import { expect, test } from 'vitest'
import type { Alert } from '../core/alerts/alert.ts'
import type { Decision, Situation } from '../core/journal/journal.ts'
import { runbooks } from '../runbooks/registry.ts'
import { alertOf, noon, plannerOf, runOf, situationOf } from './fixture.ts'
import { firstStartMs, plan } from './plan.ts'

const newcomer = { component: 'polaris', active: null, generation: 0 }
const openedAt = noon - firstStartMs
const incident = (age: number) => ({ ...situationOf('polaris', []).incident, openedAt: noon - age })

/** Nobody was ever active, and no rung can help: the standby is broken as well. */
const decide = (alerts: Alert[], more: Partial<Situation> = {}) =>
  plan(
    situationOf('polaris', alerts, { role: newcomer, incident: incident(1_000), ...more }),
    plannerOf(
      runbooks.filter(({ id }) => id === 'page'),
      { 'polaris-1': { status: 'fail', role: 'unknown' }, 'polaris-2': { status: 'fail', role: 'unknown' } },
    ),
  )
const failing = [alertOf('polaris', 'polaris-1', 'fail')]
const pages = (decision: Decision) => decision.do === 'run' && decision.order.runbook === 'page'

test('a component that starts for the first time is given half a minute before a person is called', () => {
  expect(decide(failing)).toMatchObject({
    do: 'wait',
    askAgainAt: noon - 1_000 + firstStartMs,
    reason: expect.stringContaining('nobody was active yet'),
  })
  expect(pages(decide(failing, { incident: incident(firstStartMs - 1) }))).toBe(false)
})

test('one that was never active and stays broken is told', () => {
  expect(pages(decide(failing, { incident: { ...incident(0), openedAt } }))).toBe(true)
})

test('whoever was active once is told at once', () => {
  expect(pages(decide(failing, { role: { ...newcomer, generation: 1 } }))).toBe(true)
  expect(pages(decide(failing, { role: { ...newcomer, active: 'polaris-1' } }))).toBe(true)
})

test('two actives, a word of a person, and what names no member are told at once', () => {
  expect(pages(decide([alertOf('polaris', null, 'two-actives')]))).toBe(true)
  expect(pages(decide([alertOf('polaris', 'polaris-1', 'human')]))).toBe(true)
  expect(pages(decide([alertOf('polaris', null, 'wrong-role')]))).toBe(true)
})

test('a pool has no active one to wait for', () => {
  const situation = situationOf('dipper', [alertOf('dipper', 'dipper-1', 'fail')], {
    role: { ...newcomer, component: 'dipper' },
    history: [runOf({ component: 'dipper', members: ['dipper-1'], failure: 'failing' })],
  })
  expect(pages(plan(situation, plannerOf(runbooks)))).toBe(true)
})
