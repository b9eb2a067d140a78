import { expect, test } from 'vitest'
import type { Component } from '../core/catalog/schema.ts'
import { reroute } from '../remediation/appoint.ts'
import { plannerOf, runOf, type Seen, situationOf } from '../remediation/fixture.ts'
import { runbooks } from './registry.ts'

const cutShort = runOf({
  status: 'failed',
  plan: [{ name: 'route polaris-1', action: 'route', kind: 'idempotent', args: { to: 'polaris-1' }, timeoutMs: 1_000, attempts: 3 }],
})

function decided(seen: Record<string, Seen>, history = [cutShort]) {
  const planner = plannerOf(runbooks, seen)
  return reroute(planner.catalog.component('polaris') as Component, situationOf('polaris', [], { history }), planner)
}

test('users are sent to the active member once more when the last run did not come so far', () => {
  expect(decided({})).toMatchObject({ runbook: 'route-to-active', members: ['polaris-1'] })
  expect(decided({}, [{ ...cutShort, status: 'done' }])).toEqual({ refuse: 'the route is as it should be', settled: true })
})

test.each([{ status: 'fail' }, { role: 'standby' }] as const)(
  'but not while the active member is as little as %j: it could not be verified',
  (seen) => {
    expect(decided({ 'polaris-1': seen })).toEqual({ refuse: 'polaris-1 is not well, or not active' })
  },
)
