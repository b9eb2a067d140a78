import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { seededRandom } from '../../core/random.ts'
import { testCredentials } from '../../test/aws/sources.ts'
import { smallPlace as place } from '../../test/small-aws.ts'
import { openAwsDoor } from './aws-door.ts'

/** What the door of fixes makes of answers that do not come, or say nothing of whether it was done. */

const us = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::${place.account}:user/us</Arn><Account>${place.account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
const error = (code: string) => `<Response><Errors><Error><Code>${code}</Code><Message>so it is</Message></Error></Errors></Response>`

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** An AWS that knows us, and answers everything else as told. */
async function doorTo(answer: (response: ServerResponse) => unknown) {
  let asked = 0
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const data of request) body += data
    if (body.includes('GetCallerIdentity')) return response.end(us)
    asked += 1
    answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const door = openAwsDoor({
    ...{ clock: systemClock, random: seededRandom(1), environment: () => undefined, endpoint, limits: { pauseMs: 1 } },
    credentials: async () => testCredentials,
  })
  ends.push(
    () => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(closed))
    },
    () => door.close(),
  )
  const abort = new AbortController()
  const limits = { timeoutMs: 5_000, signal: abort.signal }
  return {
    asked: () => asked,
    abort: () => abort.abort(),
    release: () => door.aws(place, 'ec2:ReleaseAddress', { AllocationId: 'eipalloc-1' }, limits),
    look: () => door.aws(place, 'ec2:DescribeVolumes', { VolumeIds: ['vol-1'] }, limits),
  }
}

describe('a change that may have been done although no answer says so is in doubt', () => {
  test('when the service failed, also at the last try', async () => {
    const door = await doorTo((response) => response.writeHead(500).end(error('InternalError')))
    await expect(door.release()).rejects.toMatchObject({ code: 'target-unreachable' })
    expect(door.asked()).toBe(3)
  })

  test('when the line was cut; a look that was cut off is simply not answered', async () => {
    const door = await doorTo((response) => response.destroy())
    await expect(door.release()).rejects.toMatchObject({ code: 'target-unreachable' })
    await expect(door.look()).rejects.toMatchObject({ code: 'aws-unreachable' })
  })

  test('when its time is over', async () => {
    const door = await doorTo(() => door.abort())
    await expect(door.release()).rejects.toMatchObject({ code: 'deadline-passed' })
    expect(door.asked()).toBe(1)
  })
})

describe('there is no doubt', () => {
  test('when it was refused', async () => {
    const door = await doorTo((response) => response.writeHead(400).end(error('InvalidAddress.Locked')))
    await expect(door.release()).rejects.toMatchObject({ code: 'aws-refused' })
  })

  test('when it is not allowed; the permission is named', async () => {
    const door = await doorTo((response) => response.writeHead(403).end(error('UnauthorizedOperation')))
    await expect(door.release()).rejects.toMatchObject({ code: 'aws-denied', details: { action: 'ec2:ReleaseAddress' } })
  })
})
