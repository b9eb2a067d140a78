import { createServer, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { portOf } from './layout.ts'
import type { Counts } from './tally.ts'
import { openStage, type Stage, until } from './testing.ts'

let stage: Stage
let router: Server
let reply: (res: ServerResponse) => void
beforeEach(async () => {
  stage = await openStage()
})
afterEach(async () => {
  router?.closeAllConnections()
  router?.close()
  await stage.close()
})

/** Stands where the router stands, and answers what the test says. */
async function standIn() {
  router = createServer((req, res) => {
    req.resume()
    reply(res)
  })
  await new Promise<void>((resolve) => router.listen(portOf('router', stage.basePort), '127.0.0.1', resolve))
}

const say = (role: string, generation: number) => (res: ServerResponse) =>
  void res
    .writeHead(200, { 'x-member': 'polaris-1', 'x-role': role, 'x-generation': generation })
    .end(JSON.stringify({ packets: 1_000_000 }))
const counts = async () => (await (await fetch(`${stage.url('traffic')}/traffic`)).json()) as Counts
const reached = (what: string, enough: (now: Counts) => boolean) =>
  until(what, async () => {
    const now = await counts()
    return enough(now) && now
  })

test('it sends through the real router to the real active Polaris, and every number adds up', async () => {
  await stage.start('router', 'polaris-1', 'polaris-2', 'dipper-1', 'traffic')
  await reached('warm-up', ({ warmUp }) => warmUp > 3)
  await stage.control('polaris-1', 'promote', 1)
  await stage.control('router', 'route', 1, { to: stage.url('polaris-1'), member: 'polaris-1' })
  const before = await reached('answers', ({ answered }) => answered >= 30)
  expect(before).toMatchObject({ refused: 0, byNonActive: 0, lost: 0, generation: 1, member: 'polaris-1' })

  await stage.end('polaris-1')
  await stage.control('polaris-2', 'promote', 2)
  await stage.control('router', 'route', 2, { to: stage.url('polaris-2'), member: 'polaris-2' })
  const after = await reached(
    'answers of the standby',
    ({ answered, member }) => member === 'polaris-2' && answered >= before.answered + 30,
  )
  expect(after).toMatchObject({ byNonActive: 0, lost: 0, generation: 2 })
  expect(after.sent).toBe(after.answered + after.refused + after.inFlight)
  expect(after.longestGapMs).toBeGreaterThan(20)
})

test('the customers whose packets were refused are counted, each line once', async () => {
  await stage.start('router', 'polaris-1', 'polaris-2', 'dipper-1', 'traffic')
  await stage.control('polaris-1', 'promote', 1)
  await stage.control('router', 'route', 1, { to: stage.url('polaris-1'), member: 'polaris-1' })
  await reached('answers', ({ answered }) => answered >= 30)
  const range = async () =>
    (await (await fetch(`${stage.url('traffic')}/range`)).json()) as { count: number; of: number; segments: object[] }
  expect(await range()).toMatchObject({ count: 0, of: 10, segments: [], confidence: 'high' })
  await stage.end('polaris-1')
  await reached('refusals', ({ refused }) => refused >= 40)
  expect(await range()).toMatchObject({ count: 10, segments: [{ name: 'Osaka Robotics', count: 4 }, { count: 4 }, { count: 2 }] })
})

test('members that lie, or that are old, are counted and not believed', async () => {
  reply = say('active', 2)
  await standIn()
  await stage.start('traffic')
  await reached('answers', ({ answered }) => answered >= 5)
  reply = say('standby', 2)
  await reached('answers of a standby', ({ byNonActive }) => byNonActive >= 3)
  reply = say('active', 1)
  const lying = await counts()
  const old = await reached('answers of an old active', ({ byNonActive }) => byNonActive >= lying.byNonActive + 3)
  expect(old).toMatchObject({ refused: 0, generation: 2 })
  expect(old.openGapMs).toBeGreaterThan(0)
})

test('refusals are counted by who refused', async () => {
  reply = say('active', 1)
  await standIn()
  await stage.start('traffic')
  await reached('answers', ({ answered }) => answered >= 3)
  reply = (res) => void res.writeHead(503, { 'x-refused-by': 'router' }).end('{}')
  await reached('refusals', ({ refused }) => refused >= 3)
  reply = (res) => res.destroy()
  const broken = await reached('broken connections', ({ refusals }) => (refusals.ECONNRESET ?? 0) >= 2)
  expect(broken.refusals['503 by router']).toBeGreaterThanOrEqual(3)
  expect(broken.byNonActive).toBe(0)
})

test('it prints a summary at its end', async () => {
  reply = say('active', 1)
  await standIn()
  await stage.start('traffic')
  await reached('answers', ({ answered }) => answered >= 3)
  await stage.end('traffic', 'SIGTERM')
  expect(stage.output('traffic')).toMatch(
    /traffic: \d+ sent, \d+ answered, 0 refused, \d+ in flight\ntraffic: 0 answered by a member that was not active, 0 acknowledged packets lost\n/,
  )
})
