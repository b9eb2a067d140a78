import { expect, test } from 'vitest'
import type { Signal } from '../core/alerts/alert.ts'
import { classify as classifyAll } from './classify.ts'
import { alertOf, plannerOf } from './fixture.ts'

/** The heaviest of what is wrong. */
const classify = (...given: Parameters<typeof classifyAll>) => classifyAll(...given)[0] ?? null

const { catalog } = plannerOf([])
const polaris = catalog.component('polaris')
const dipper = catalog.component('dipper')
const role = { component: 'polaris', active: 'polaris-1', generation: 7 }

test.each<[Signal, string]>([
  ['exit', 'process-exited'],
  ['refused', 'process-exited'],
  ['timeout', 'hung'],
  ['missed-beat', 'hung'],
  ['unreachable', 'unreachable'],
  ['fail', 'failing'],
  ['bad-answer', 'failing'],
  ['wrong-role', 'failing'],
  ['warn', 'degraded'],
  ['overloaded', 'overloaded'],
  ['flapping', 'flapping'],
  ['external', 'unknown'],
  ['human', 'unknown'],
])('%s of the active member means %s', (signal, failure) => {
  expect(classify(polaris, [alertOf('polaris', 'polaris-1', signal)], role)).toMatchObject({ failure, members: ['polaris-1'] })
})

test('two actives outweigh everything else, and are nobody in particular', () => {
  const alerts = [alertOf('polaris', 'polaris-1', 'exit'), alertOf('polaris', null, 'two-actives')]
  expect(classify(polaris, alerts, role)).toMatchObject({ failure: 'two-actives', members: [] })
})

test('a broken standby is never a reason to switch', () => {
  expect(classify(polaris, [alertOf('polaris', 'polaris-2', 'exit')], role)).toMatchObject({
    failure: 'standby-unhealthy',
    members: ['polaris-2'],
  })
})

test('the active member comes before its standby', () => {
  const alerts = [alertOf('polaris', 'polaris-2', 'exit'), alertOf('polaris', 'polaris-1', 'timeout')]
  expect(classify(polaris, alerts, role)).toMatchObject({ failure: 'hung', members: ['polaris-1'] })
})

test('a process that its supervisor saw end is proven, one that does not answer is not', () => {
  expect(classify(dipper, [alertOf('dipper', 'dipper-1', 'exit')], role)?.proven).toBe(true)
  expect(classify(dipper, [alertOf('dipper', 'dipper-1', 'timeout')], role)?.proven).toBe(false)
})

test('members of a pool with the same failure are mended together', () => {
  const alerts = [alertOf('dipper', 'dipper-3', 'exit'), alertOf('dipper', 'dipper-1', 'exit'), alertOf('dipper', 'dipper-2', 'warn')]
  expect(classify(dipper, alerts, role)).toMatchObject({ failure: 'process-exited', members: ['dipper-1', 'dipper-3'] })
})

test('alerts without a member of ours say too little to act on', () => {
  expect(classify(dipper, [alertOf('dipper', null, 'external', { summary: 'disk 91 %' })], role)).toMatchObject({
    failure: 'unknown',
    members: [],
    evidence: 'disk 91 %',
  })
})

test('a member that nobody can mend does not hide the others', () => {
  const pair = [alertOf('polaris', 'polaris-1', 'warn'), alertOf('polaris', 'polaris-2', 'exit')]
  expect(classifyAll(polaris, pair, role).map((one) => [one.failure, one.members])).toEqual([
    ['degraded', ['polaris-1']],
    ['standby-unhealthy', ['polaris-2']],
  ])
  const pool = [alertOf('dipper', 'dipper-1', 'exit'), alertOf('dipper', 'dipper-3', 'timeout'), alertOf('dipper', null, 'external')]
  expect(classifyAll(dipper, pool, role).map((one) => [one.failure, one.members])).toEqual([
    ['process-exited', ['dipper-1']],
    ['hung', ['dipper-3']],
    ['unknown', []],
  ])
})

test('nothing fires any more', () => {
  expect(classify(dipper, [alertOf('dipper', 'dipper-1', 'exit', { status: 'resolved' })], role)).toBeNull()
})
