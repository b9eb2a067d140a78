import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { reported, reportOf } from '../../guardians/findings/fixture.ts'
import { type Report, reportSchema } from '../../guardians/report.ts'
import { deliverReport } from './deliver-report.ts'

/** With the token of a secret, out of a bundle: infra/build/lambdas.test.ts. */

let taken: Report[]
let status: (nth: number) => number
let server: Server
beforeEach(async () => {
  taken = []
  status = () => 202
  server = createServer(async (request, response) => {
    taken.push(reportSchema.parse(await json(request)))
    response.writeHead(status(taken.length)).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const deliver = (report: Report) =>
  deliverReport(report, (name) =>
    name === 'JIDOKA_REPORT_URL' ? `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/scans` : undefined,
  )

test('a report that nobody takes is a run that failed, not a good one', async () => {
  status = () => 503
  await expect(deliver(reportOf('r', 0, []))).rejects.toMatchObject({
    code: 'guardian-failed',
    message: expect.stringMatching(/answered 503/),
  })
})

test('what was cut off is sent without its checkpoint: a controller does not go on with it', async () => {
  await deliver(reportOf('r', 0, [reported('a')], { checkpoint: { next: 3 } }))
  expect(taken).toMatchObject([{ run: 'r', findings: [{ check: 'ebs-unattached' }] }])
  expect(taken[0]).not.toHaveProperty('checkpoint')
})

test('a long one goes in parts, the ledger last; a part that nobody takes ends it', async () => {
  const findings = Array.from({ length: 4_000 }, (_, n) => reported(`vol-${n}`))
  await deliver(reportOf('r', 0, findings))
  expect(taken.length).toBeGreaterThan(1)
  expect(taken.flatMap((part) => part.findings)).toHaveLength(4_000)
  expect(taken.map(({ coverage }) => coverage.length)).toEqual([...Array(taken.length - 1).fill(0), 1])
  taken = []
  status = (nth) => (nth === 1 ? 500 : 202)
  await expect(deliver(reportOf('r', 0, findings))).rejects.toThrow(/answered 500/)
  expect(taken).toHaveLength(1)
})

test('without an address nothing is sent', async () => {
  await deliverReport(reportOf('r', 0, []), () => undefined)
  expect(taken).toEqual([])
})
