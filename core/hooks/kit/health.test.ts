import { expect, it } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import { createHooks, type KitOptions } from './kit.ts'

async function healthOf(options: Partial<KitOptions>) {
  const answer = await createHooks({ serviceId: 'dipper-1', token: 't', ...options }).handle({
    method: 'GET',
    path: '/health',
    headers: new Headers(),
    body: async () => '',
  })
  return { status: answer?.status, body: JSON.parse(answer?.body ?? 'null') }
}

it('passes without any check, without a role when it keeps none', async () => {
  expect(await healthOf({})).toEqual({ status: 200, body: { status: 'pass', serviceId: 'dipper-1', generation: 0 } })
})

it('merges what the checks say; the worst status wins', async () => {
  const answer = await healthOf({
    check: () => ({
      status: 'warn',
      output: 'many sessions',
      checks: { 'sessions:count': [{ observedValue: 812, observedUnit: 'sessions', status: 'warn' }] },
    }),
    checks: { database: async () => ({ status: 'pass', observedValue: 3, observedUnit: 'ms' }), disk: () => {} },
  })
  expect(answer).toMatchObject({
    status: 200,
    body: {
      status: 'warn',
      output: 'many sessions',
      checks: { 'sessions:count': [{ observedValue: 812 }], database: [{ observedValue: 3, status: 'pass' }], disk: [{ status: 'pass' }] },
    },
  })
})

it('fails when one of its checks does, whatever the whole said', async () => {
  expect(await healthOf({ check: () => ({ checks: { 'disk:free': [{ status: 'fail' }] } }) })).toMatchObject({
    status: 503,
    body: { status: 'fail' },
  })
  expect(await healthOf({ checks: { database: () => ({ status: 'fail', output: 'no connection' }) } })).toMatchObject({
    status: 503,
    body: { status: 'fail', output: 'database: no connection' },
  })
})

it('takes an error for a failure and tells it', async () => {
  const answer = await healthOf({
    check: () => {
      throw new Error('out of files')
    },
    checks: { other: () => ({ status: 'pass' }) },
  })
  expect(answer).toMatchObject({
    status: 503,
    body: { output: 'check: out of files', checks: { check: [{ status: 'fail' }], other: [{ status: 'pass' }] } },
  })
})

it('fails a check that hangs, by its name, aborts it, and asks it again the next time', async () => {
  const clock = virtualClock()
  const signals: AbortSignal[] = []
  const kit = createHooks({
    serviceId: 'dipper-1',
    token: 't',
    clock,
    checks: {
      database: (signal) => {
        signals.push(signal)
        return signals.length === 1 ? new Promise(() => {}) : { status: 'pass' }
      },
    },
  })
  const first = kit.health()
  const shared = kit.health()
  await clock.advance(1_000)
  expect(await first).toMatchObject({ status: 'fail', output: expect.stringContaining('"database" did not end within 1000 ms') })
  expect(await shared).toMatchObject({ status: 'fail' })
  expect(signals.map((signal) => signal.aborted)).toEqual([true])
  expect(await kit.health()).toMatchObject({ status: 'pass' })
})

it('warns of an event loop that was held up, until a second later', async () => {
  const clock = virtualClock()
  let held = 0
  const late = { ...clock, monotonic: () => clock.monotonic() + held }
  const kit = createHooks({ serviceId: 'dipper-1', token: 't', clock: late, overload: { eventLoopLagMs: 200 } })
  await clock.advance(300)
  expect(await kit.health()).toMatchObject({
    status: 'pass',
    checks: { overload: [{ observedValue: 0, observedUnit: 'ms', status: 'pass' }] },
  })
  held = 350
  expect(await kit.health()).toMatchObject({ status: 'warn', checks: { overload: [{ status: 'warn' }] } })
  await clock.advance(100)
  expect(await kit.health()).toMatchObject({ status: 'warn' })
  await clock.advance(1_100)
  expect(await kit.health()).toMatchObject({ status: 'pass' })
})
