import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Report } from '../../guardians/report.ts'
import { openInvoker } from './invoke.ts'

const place = { guardian: 'ebs', check: 'ebs-gp2', account: '123456789012', region: 'eu-central-1' }
const shard = (looked: number, checkpoint?: object): Report => ({
  ...{ schema: 1, run: 'scan_1', guardians: ['ebs'], startedAt: 1, endedAt: 2, findings: [], unknown: [], undecided: [] },
  coverage: [{ ...place, looked, passed: looked, failed: 0, unknown: 0, complete: checkpoint === undefined }],
  cost: { calls: 1, usd: 0, byCall: [] },
  ...(checkpoint ? { checkpoint } : {}),
})

/** Lambda's own wire: what was invoked with what, and the answers in their order. */
let asked: { path: string; event: Record<string, unknown> }[]
let answers: { body: string; status?: number; error?: string }[]
let server: Server
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret')
  asked = []
  answers = []
  server = createServer(async (request, response) => {
    asked.push({ path: request.url ?? '', event: JSON.parse(await text(request)) })
    const { body, status = 200, error } = answers[asked.length - 1] ?? { body: '{}' }
    response.writeHead(status, { 'content-type': 'application/json', ...(error ? { 'x-amz-function-error': error } : {}) }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
})
const invoker = () =>
  openInvoker({
    prefix: 'jidoka-guardian-',
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })

test('goes on from checkpoint to checkpoint, and answers one report', async () => {
  answers = [{ body: JSON.stringify(shard(100, { at: 1 })) }, { body: JSON.stringify(shard(50)) }]
  const report = await invoker().invoke('ebs', { run: 'scan_1' })
  expect(asked.map(({ path }) => path)).toEqual(Array(2).fill('/2015-03-31/functions/jidoka-guardian-ebs/invocations'))
  expect(asked.map(({ event }) => event)).toEqual([{ run: 'scan_1' }, { run: 'scan_1', checkpoint: { at: 1 } }])
  expect(report.coverage).toEqual([{ ...place, looked: 150, passed: 150, failed: 0, unknown: 0, complete: true }])
  expect(report.checkpoint).toBeUndefined()
})

test.each([
  [
    'a function that fails',
    { body: '{"errorMessage":"Task timed out after 900.00 seconds"}', error: 'Unhandled' },
    /Unhandled: .*timed out/,
  ],
  ['an answer that is no report', { body: '{"hello":1}' }, /its answer is no report/],
  ['an answer that is no JSON', { body: 'oops' }, /its answer is no report/],
  ['a function that is not there', { body: '{"Type":"User","message":"Function not found"}', status: 404 }, /not found/i],
])('%s is a guardian that did not report', async (_, answer, problem) => {
  answers = [answer]
  await expect(invoker().invoke('ebs', {})).rejects.toMatchObject({ code: 'guardian-failed', message: expect.stringMatching(problem) })
})

test('one that never comes to its end is stopped', async () => {
  answers = Array.from({ length: 200 }, () => ({ body: JSON.stringify(shard(1, { again: true })) }))
  await expect(invoker().invoke('ebs', {})).rejects.toThrow(/not at its end after 96/)
})
